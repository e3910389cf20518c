// SPDX-License-Identifier: GPL-2.0
// Makes uname(2) answer another kernel release and version. Loaded by an initramfs, it stays for that boot.
#include <linux/module.h>
#include <linux/utsname.h>

static char *release = "";
static char *version = "";
module_param(release, charp, 0444);
module_param(version, charp, 0444);

static int __init release_init(void)
{
	struct new_utsname *name = &init_uts_ns.name;

	if (*release)
		strscpy(name->release, release, sizeof(name->release));
	if (*version)
		strscpy(name->version, version, sizeof(name->version));
	return 0;
}

module_init(release_init);
MODULE_DESCRIPTION("Another kernel release for test hosts");
MODULE_LICENSE("GPL");
