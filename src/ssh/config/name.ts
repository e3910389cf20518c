/**
 * Whether a name may stand as an argument of ssh and in a shell's command line, where `ProxyCommand` and `Match exec` put it:
 * nothing that could be an option, and no character that ssh or a shell gives a meaning (CVE-2023-51385).
 */
export const nameIsSafe = (name: string): boolean => /^[A-Za-z0-9._@:%+][A-Za-z0-9._@:%+-]*$/.test(name);
