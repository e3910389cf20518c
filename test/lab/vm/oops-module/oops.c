// SPDX-License-Identifier: GPL-2.0
// A module under the name toa that oopses while it is loaded, for tests of what a host does then.
#include <linux/module.h>

static int __init oops_init(void)
{
	*(volatile int *)NULL = 0;
	return 0;
}

module_init(oops_init);
MODULE_DESCRIPTION("An oops for test hosts");
MODULE_LICENSE("GPL");
