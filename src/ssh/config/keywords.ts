import { unserved } from '../algorithms';
import { formatJump, parseJump } from '../route';
import type { ConfigLine } from './text';
import { flag } from './values';

/** A line's values as `ssh -G` would print them; undefined: not understood. */
export type Reading = (line: ConfigLine) => readonly string[] | undefined;

/** How each option that shapes a connection is read. The others are passed over (`passedOver`) or refused by name. */
export function readingOf(keyword: string): Reading | undefined {
  return READINGS.get(ALIASES.get(keyword) ?? keyword);
}

/** The name an option goes by today. */
export const today = (keyword: string): string => ALIASES.get(keyword) ?? keyword;

/** Whether a line may be passed over: it has nothing to do with reaching or trusting a host, and ssh would not refuse it either. */
export const passedOver = ({ keyword, args }: ConfigLine): boolean => PASSED.get(today(keyword))?.test(args.join(' ')) ?? false;

/** Whether `IgnoreUnknown` may be asked about an option: ssh has none of this name. */
export const unknownToSsh = (keyword: string): boolean =>
  !READINGS.has(today(keyword)) && !PASSED.has(today(keyword)) && !OTHERS.has(keyword);

const one =
  (fits: (text: string) => string | undefined): Reading =>
  ({ args: [text, ...more] }) => {
    const value = text === undefined || more.length > 0 ? undefined : fits(text);
    return value === undefined ? undefined : [value];
  };
const text = one((value) => value);
const yesNo = one((value) => (flag(value) === undefined ? undefined : flag(value) === true ? 'yes' : 'no'));
const oneOf = (...words: string[]): Reading => one((value) => (words.includes(value.toLowerCase()) ? value.toLowerCase() : undefined));
const whole = (least: number, most: number): Reading =>
  one((value) => (/^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most ? String(Number(value)) : undefined));
/** `none` leaves the option unset: a later value still counts. */
const seconds: Reading = (line) => (line.args.length === 1 && line.args[0] === 'none' ? [] : one(duration)(line));
/** `none` must stand alone. */
const files: Reading = ({ args }) =>
  args.length <= 32 && (args.length === 1 || !args.some((name) => name.toLowerCase() === 'none')) ? args : undefined;
/** Everything behind the keyword, comments included: it is a shell's to read. */
const command: Reading = ({ rest }) => [rest.replace(/^[ \t=]+/, '')];
/** A list that adds to or takes from the client's defaults cannot be told without them. */
const algorithms = (kind: 'kex' | 'hostKey' | 'cipher' | 'mac'): Reading =>
  one((value) => (value.split(',').every((name) => unserved({ [kind]: [name] }).length === 0) ? value : undefined));
const signatures = one((value) => (value.split(',').every((name) => SIGNATURES.has(name)) ? value : undefined));
const SIGNATURES = new Set([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
]);
/** Only what is off, or ssh's default, can be told without a client. */
const off = oneOf('no', 'false', 'none');

/** Checked as ssh does, and written as `ssh -G` writes it. */
const jumps: Reading = ({ rest }) => {
  if (rest.toLowerCase() === 'none') return ['none'];
  if (!/^[A-Za-z0-9._@:,/[\]+-]+$/.test(rest)) return undefined;
  const hops = rest.split(',');
  const last = parseJump(hops.at(-1) ?? '');
  return last && hops.every((hop) => parseJump(hop) !== undefined) ? [[...hops.slice(0, -1), formatJump(last)].join(',')] : undefined;
};

const READINGS = new Map<string, Reading>([
  ['hostname', text],
  ['user', text],
  ['port', whole(1, 65_535)],
  ['identityfile', text],
  ['certificatefile', text],
  ['identitiesonly', yesNo],
  ['identityagent', one((value) => (/\$(?!\{\w+\})/.test(value) ? undefined : value))],
  ['proxyjump', jumps],
  ['proxycommand', command],
  ['userknownhostsfile', files],
  ['globalknownhostsfile', files],
  ['hostkeyalias', one((value) => value.toLowerCase())],
  ['hashknownhosts', yesNo],
  ['stricthostkeychecking', oneOf('yes', 'true', 'no', 'false', 'off', 'ask', 'accept-new')],
  ['connecttimeout', seconds],
  ['serveraliveinterval', seconds],
  ['serveralivecountmax', whole(0, 999_999_999)],
  ['pubkeyauthentication', oneOf('yes', 'true', 'no', 'false', 'unbound', 'host-bound')],
  ['passwordauthentication', yesNo],
  ['kbdinteractiveauthentication', yesNo],
  ['preferredauthentications', text],
  ['addressfamily', oneOf('any', 'inet', 'inet6')],
  ['bindaddress', text],
  ['kexalgorithms', algorithms('kex')],
  ['hostkeyalgorithms', algorithms('hostKey')],
  ['ciphers', algorithms('cipher')],
  ['macs', algorithms('mac')],
  ['pubkeyacceptedalgorithms', signatures],
  // These decide about trust or the way: set, they are ssh's own.
  ['canonicalizehostname', off],
  ['checkhostip', off],
  ['proxyusefdpass', off],
  ['knownhostscommand', off],
  ['revokedhostkeys', off],
  ['bindinterface', off],
  ['pkcs11provider', off],
]);

/** Older and shorter names. */
const ALIASES = new Map([
  ['challengeresponseauthentication', 'kbdinteractiveauthentication'],
  ['skeyauthentication', 'kbdinteractiveauthentication'],
  ['tisauthentication', 'kbdinteractiveauthentication'],
  ['dsaauthentication', 'pubkeyauthentication'],
  ['pubkeyacceptedkeytypes', 'pubkeyacceptedalgorithms'],
  ['keepalive', 'tcpkeepalive'],
]);

const YES_NO = /^(?:yes|no|true|false)$/i;
const NUMBER = /^\d{1,9}$/;
const TIME = /^(?:none|\d{1,6}[smhdw]?)$/i;
const PORT = '(?:[1-9]|[1-9]\\d{1,3}|[1-5]\\d{4}|6[0-4]\\d{3})';

/** Options without a part in this transport, with the values that ssh takes. Anything else is refused by name. */
const PASSED = new Map<string, RegExp>([
  ['addkeystoagent', /^(?:yes|no|true|false|ask|confirm)$/i],
  ['batchmode', YES_NO],
  ['canonicaldomains', /^[a-z0-9](?:[a-z0-9.]*[a-z0-9])?$/],
  ['canonicalizefallbacklocal', YES_NO],
  ['canonicalizemaxdots', NUMBER],
  ['clearallforwardings', YES_NO],
  ['compression', /^(?:yes|no)$/i],
  ['connectionattempts', NUMBER],
  ['controlmaster', /^(?:yes|no|true|false|ask|auto|autoask)$/i],
  ['controlpath', /^\S+$/],
  ['controlpersist', /^(?:yes|no|true|false|\d{1,6}[smhdw]?)$/],
  ['dynamicforward', new RegExp(`^${PORT}$`)],
  ['enablesshkeysign', YES_NO],
  ['escapechar', /^(?:none|.)$/],
  ['exitonforwardfailure', YES_NO],
  ['fingerprinthash', /^(?:md5|sha256)$/i],
  ['forkafterauthentication', YES_NO],
  ['forwardagent', YES_NO],
  ['forwardx11', YES_NO],
  ['forwardx11timeout', TIME],
  ['forwardx11trusted', YES_NO],
  ['gatewayports', YES_NO],
  ['gssapiauthentication', YES_NO],
  ['gssapidelegatecredentials', YES_NO],
  ['hostbasedauthentication', YES_NO],
  ['ignoreunknown', /^\S+$/],
  ['localcommand', /./],
  ['localforward', new RegExp(`^${PORT} [a-z0-9.]+:${PORT}$`)],
  ['loglevel', /^(?:quiet|fatal|error|info|verbose|debug[123]?)$/i],
  // Without it a host key is checked for localhost too, which is the safe way.
  ['nohostauthenticationforlocalhost', YES_NO],
  ['numberofpasswordprompts', NUMBER],
  ['permitlocalcommand', YES_NO],
  ['rekeylimit', /^(?:default|\d{2,9}|\d{1,3}[KMG])(?: (?:none|\d{1,6}[smhdw]?))?$/],
  ['remotecommand', /./],
  ['remoteforward', new RegExp(`^${PORT} [a-z0-9.]+:${PORT}$`)],
  ['requesttty', /^(?:yes|no|true|false|force|auto)$/i],
  ['sendenv', /^[A-Za-z0-9_*?-]+(?: [A-Za-z0-9_*?-]+)*$/],
  ['sessiontype', /^(?:none|subsystem|default)$/i],
  ['setenv', /^\w+=\S*(?: \w+=\S*)*$/],
  ['stdinnull', YES_NO],
  ['streamlocalbindmask', /^0?[0-7]{3}$/],
  ['streamlocalbindunlink', YES_NO],
  ['tcpkeepalive', YES_NO],
  ['updatehostkeys', /^(?:yes|no|true|false|ask)$/i],
  ['verifyhostkeydns', /^(?:yes|no|true|false|ask)$/i],
  ['visualhostkey', YES_NO],
  ['xauthlocation', /^\S+$/],
]);

/** What ssh knows besides; refused by name. */
const OTHERS = new Set(
  (
    'afstokenpassing canonicalizepermittedcnames casignaturealgorithms channeltimeout cipher compressionlevel enableescapecommandline ' +
    'fallbacktorsh globalknownhostsfile2 gssapiclientidentity gssapikexalgorithms gssapikeyexchange gssapirenewalforcesrekey ' +
    'gssapiserveridentity gssapitrustdns hostbasedacceptedalgorithms hostbasedkeytypes identityfile2 include ipqos kbdinteractivedevices ' +
    'kerberosauthentication kerberostgtpassing logverbose obscurekeystroketiming permitremoteopen protocol refuseconnection ' +
    'requiredrsasize rhostsauthentication rhostsrsaauthentication rsaauthentication securitykeyprovider smartcarddevice syslogfacility ' +
    'tag tunnel tunneldevice useprivilegedport userknownhostsfile2 useroaming usersh versionaddendum warnweakcrypto'
  ).split(' '),
);

/** `sshd_config(5)`, TIME FORMATS, in seconds. */
function duration(value: string): string | undefined {
  if (!/^(?:\d{1,6}[smhdw]?)+$/i.test(value)) return undefined;
  const unit: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
  const parts = [...value.matchAll(/(\d+)([smhdw]?)/gi)];
  const sum = parts.reduce((total, [, count, letter = '']) => total + Number(count) * (unit[letter.toLowerCase()] ?? 1), 0);
  return sum <= 0x7f_ff_ff_ff ? String(sum) : undefined;
}
