/* SPDX-License-Identifier: MIT */
/* Diagnostic services (UDS, ISO 14229) in the words of isotpdump -u. */
#include <string.h>

#include "can-isotp.h"

#define NEGATIVE 0x7f
#define RESPONSE 0x40

struct name {
	uint8_t first, last;
	const char *text;
};

static const struct name services[] = {
	{ 0x10, 0x10, "DiagnosticSessionControl" },
	{ 0x11, 0x11, "ECUReset" },
	{ 0x14, 0x14, "ClearDiagnosticInformation" },
	{ 0x19, 0x19, "ReadDTCInformation" },
	{ 0x22, 0x22, "ReadDataByIdentifier" },
	{ 0x23, 0x23, "ReadMemoryByAddress" },
	{ 0x24, 0x24, "ReadScalingDataByIdentifier" },
	{ 0x27, 0x27, "SecurityAccess" },
	{ 0x28, 0x28, "CommunicationControl" },
	{ 0x2a, 0x2a, "ReadDataByPeriodicIdentifier" },
	{ 0x2c, 0x2c, "DynamicallyDefineDataIdentifier" },
	{ 0x2e, 0x2e, "WriteDataByIdentifier" },
	{ 0x2f, 0x2f, "InputOutputControlByIdentifier" },
	{ 0x31, 0x31, "RoutineControl" },
	{ 0x34, 0x34, "RequestDownload" },
	{ 0x35, 0x35, "RequestUpload" },
	{ 0x36, 0x36, "TransferData" },
	{ 0x37, 0x37, "RequestTransferExit" },
	{ 0x38, 0x38, "RequestFileTransfer" },
	{ 0x3d, 0x3d, "WriteMemoryByAddress" },
	{ 0x3e, 0x3e, "TesterPresent" },
	{ 0x83, 0x83, "AccessTimingParameter" },
	{ 0x84, 0x84, "SecuredDataTransmision" },	/* as there */
	{ 0x85, 0x85, "ControlDTCSetting" },
	{ 0x86, 0x86, "ResponseOnEvent" },
	{ 0x87, 0x87, "LinkControl" },
};

static const struct name refusals[] = {
	{ 0x00, 0x00, "positiveResponse" },
	{ 0x10, 0x10, "generalReject" },
	{ 0x11, 0x11, "serviceNotSupported" },
	{ 0x12, 0x12, "sub-functionNotSupported" },
	{ 0x13, 0x13, "incorrectMessageLengthOrInvalidFormat" },
	{ 0x14, 0x14, "responseTooLong" },
	{ 0x21, 0x21, "busyRepeatRequest" },
	{ 0x22, 0x22, "conditionsNotCorrect" },
	{ 0x24, 0x24, "requestSequenceError" },
	{ 0x25, 0x25, "noResponseFromSubnetComponent" },
	{ 0x26, 0x26, "FailurePreventsExecutionOfRequestedAction" },
	{ 0x31, 0x31, "requestOutOfRange" },
	{ 0x33, 0x33, "securityAccessDenied" },
	{ 0x35, 0x35, "invalidKey" },
	{ 0x36, 0x36, "exceedNumberOfAttempts" },
	{ 0x37, 0x37, "requiredTimeDelayNotExpired" },
	{ 0x38, 0x4f, "reservedByExtendedDataLinkSecurityDocument" },
	{ 0x70, 0x70, "uploadDownloadNotAccepted" },
	{ 0x71, 0x71, "transferDataSuspended" },
	{ 0x72, 0x72, "generalProgrammingFailure" },
	{ 0x73, 0x73, "wrongBlockSequenceCounter" },
	{ 0x78, 0x78, "requestCorrectlyReceived-ResponsePending" },
	{ 0x7e, 0x7e, "sub-functionNotSupportedInActiveSession" },
	{ 0x7f, 0x7f, "serviceNotSupportedInActiveSession" },
	{ 0x81, 0x81, "rpmTooHigh" },
	{ 0x82, 0x82, "rpmTooLow" },
	{ 0x83, 0x83, "engineIsRunning" },
	{ 0x84, 0x84, "engineIsNotRunning" },
	{ 0x85, 0x85, "engineRunTimeTooLow" },
	{ 0x86, 0x86, "temperatureTooHigh" },
	{ 0x87, 0x87, "temperatureTooLow" },
	{ 0x88, 0x88, "vehicleSpeedTooHigh" },
	{ 0x89, 0x89, "vehicleSpeedTooLow" },
	{ 0x8a, 0x8a, "throttle/PedalTooHigh" },
	{ 0x8b, 0x8b, "throttle/PedalTooLow" },
	{ 0x8c, 0x8c, "transmissionRangeNotInNeutral" },
	{ 0x8d, 0x8d, "transmissionRangeNotInGear" },
	{ 0x8f, 0x8f, "brakeSwitch(es)NotClosed (Brake Pedal not pressed "
		      "or not applied)" },
	{ 0x90, 0x90, "shifterLeverNotInPark" },
	{ 0x91, 0x91, "torqueConverterClutchLocked" },
	{ 0x92, 0x92, "voltageTooHigh" },
	{ 0x93, 0x93, "voltageTooLow" },
	{ 0x94, 0xef, "reservedForSpecificConditionsNotCorrect" },
	{ 0xf0, 0xfd, "vehicleManufacturerSpecificConditionsNotCorrect" },
};

/* What is a service at all, of the standard or of a maker. */
static const struct name flags[] = {
	{ 0x10, 0x3e, "SRQ" }, { 0x83, 0x88, "SRQ" }, { 0xba, 0xbe, "SRQ" },
	{ 0x50, 0x7e, "PSR" }, { 0xc3, 0xc8, "PSR" },
};

static const char *find(const struct name *names, size_t n, uint8_t code,
			const char *otherwise)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (code >= names[i].first && code <= names[i].last)
			return names[i].text;
	return otherwise;
}

const char *isotp_uds(uint8_t service, uint8_t refusal, const char **ret_flag)
{
	if (service == NEGATIVE) {
		*ret_flag = "NRC";
		return find(refusals, CLI_ARRAY_LEN(refusals), refusal,
			    "ISOSAEReserved");
	}
	*ret_flag = find(flags, CLI_ARRAY_LEN(flags), service, "???");
	if (strcmp(*ret_flag, "PSR") == 0)
		service &= (uint8_t)~RESPONSE;
	return find(services, CLI_ARRAY_LEN(services), service, "Unknown");
}
