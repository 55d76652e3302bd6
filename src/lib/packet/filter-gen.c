/* SPDX-License-Identifier: MIT */
/* A tree of tests to a program. */
#include "packet/filter.h"

/*
 * Chains of and and or grow to the left, and are walked; to the right there
 * are only parentheses, which the parser limits.
 */
static size_t gen_node(struct sfam__gen *g, uint16_t at, size_t yes,
		       size_t no)
{
	const struct sfam__filter *f = g->filter;
	const struct sfam__node *node = &f->nodes[at];
	size_t right, was;

	for (;; node = &f->nodes[node->left]) {
		if (node->negated) {
			was = yes;
			yes = no;
			no = was;
		}
		if (node->op == SFAM__NODE_TEST)
			return sfam__gen_test(g, &f->tests[node->left], yes,
					      no);
		right = gen_node(g, node->right, yes, no);
		if (node->op == SFAM__NODE_AND)
			yes = right;
		else
			no = right;
	}
}

size_t sfam__gen_program(struct sfam__gen *g, uint32_t keep_bytes)
{
	const struct sfam__filter *f = g->filter;
	size_t no, yes, plain, tagged, begin;

	if (f->is_empty)
		return sfam__code_ret(&g->code, keep_bytes);
	no = sfam__code_ret(&g->code, 0);
	yes = sfam__code_ret(&g->code, keep_bytes);
	g->has_tag = false;
	plain = gen_node(g, f->root, yes, no);
	if (!f->has_vlan)
		return plain;
	/*
	 * The kernel takes the outermost tag out of the bytes of what it
	 * receives (skb_vlan_untag(), net/core/skbuff.c), but not always out
	 * of what is sent; all is tested once for each way.
	 */
	g->has_tag = true;
	tagged = gen_node(g, f->root, yes, no);
	begin = sfam__code_branch(&g->code, BPF_JEQ, 0, plain, tagged);
	return sfam__code_do(&g->code, BPF_LD | BPF_W | BPF_ABS,
			     (uint32_t)SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT,
			     begin);
}
