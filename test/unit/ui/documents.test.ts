import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { PLAIN, planInstall, planRepair } from '../../../src/core/install/planInstall';
import { planUndo } from '../../../src/core/install/planUndo';
import { VENDOR_PACKAGES } from '../../../src/core/vendor';
import { verification } from '../../../src/core/verification';
import { parseCidrs } from '../../../src/shared/address';
import { planDocument } from '../../../src/ui/plan/planDocument';
import { notTested } from '../../../src/core/ownAddress';
import { reportDocument, type Report } from '../../../src/ui/plan/reportDocument';
import { reportJson } from '../../../src/ui/plan/reportJson';
import type { LogSample } from '../../../src/core/log/sample';
import type { Plan } from '../../../src/core/plan';
import { HOSTILE, RUN, facts, viewOf } from './facts';

const { host } = viewOf({ kind: 'unknown' });
const sample: LogSample = {
  path: '/var/log/nginx/access.log',
  lines: 100,
  classes: { visitor: 0, origin: 97, private: 3, public: 0, unparsed: 0 },
  forwardedFor: 0,
  names: 0,
  last: [],
  top: [{ address: '192.0.2.18', addressClass: 'origin', count: 60 }],
};

function plan(more: Partial<Parameters<typeof planInstall>[0]> = {}): Plan {
  return planInstall({
    host,
    facts: facts(),
    packages: VENDOR_PACKAGES.el7.map((p) => ({
      ...p,
      path: '/tmp/k.rpm',
      bytes: 50_961_408,
      sha256: 'ab'.repeat(32),
      pin: 'setting',
      from: p.url,
    })),
    choices: PLAIN,
    cidrs: ['192.0.2.0/25'],
    sample,
    now: facts().takenAt + 2000,
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    ...more,
  });
}

/** Lines outside of fences, as Markdown sees them: a fence ends only at as many backticks as began it. */
function outside(document: string): string[] {
  let fence = '';
  return document.split('\n').filter((line) => {
    const ticks = /^`{3,}/.exec(line)?.[0] ?? '';
    if (fence === '' && ticks !== '') fence = ticks;
    else if (fence !== '' && line === fence) fence = '';
    else return fence === '';
    return false;
  });
}

test('a plan shows what is, what will be, and everything that will run', () => {
  const made = plan();
  const document = planDocument(made, made.madeAt);
  const headings = outside(document).filter((line) => line.startsWith('#'));
  expect(headings).toEqual([
    '# Install TOA on web-01 (Production)',
    '## What the log shows now',
    '## What will happen',
    '## Warnings',
    '## Downloads',
    '## Files written',
    '## The script, exactly',
    '## How it goes back',
  ]);
  expect(document).toContain(`\n${made.script.trimEnd()}\n`);
  expect(document).toContain(`\n${made.files[0]!.content}`);
  expect(document).toContain('50,961,408 bytes (48.6 MB)');
  expect(document).toContain('ab'.repeat(32));
  expect(document).toContain('Let only your back-to-origin ranges in: 192.0.2.0/25'.split(' ').at(-1));
  expect(outside(document).filter((line) => /^\d+\. /.test(line)).length).toBe(1 + made.steps.length + made.warnings.length);
});

test('a repair and an undo are documents of the same kind, and say what they are', () => {
  const installed = facts({
    kernel: { ...facts().kernel, installed: [...facts().kernel.installed, { release: '3.10.0-957.21.3.el7.toa.x86_64', vmlinuz: false }] },
    record: { interrupted: RUN },
  });
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const { packages } = plan();
  const repair = planRepair({ host, facts: installed, packages, choices: PLAIN, cidrs: [], now: 0, hash });
  const document = planDocument(repair, 0);
  expect(document).toMatch(/^# Repair TOA on web-01 \(Production\)/);
  expect(document).toContain('a change was cut off: installing the TOA kernel');
  expect(document).toContain('Put the package of 3.10.0-957.21.3.el7.toa over itself again');
  const undo = planDocument(planUndo({ host, facts: installed, removeKernel: true, now: 0, hash }), 0);
  expect(undo).toMatch(/^# Undo the install on web-01 \(Production\)/);
  expect(undo).toContain('Remove the package of 3.10.0-957.21.3.el7.toa, which does not run');
  expect(undo).toContain('*Install TOA* installs it anew, with the package.');
});

test('hostile text cannot leave its place in a plan', () => {
  const hostile = plan({
    host: { ...host, name: HOSTILE, group: HOSTILE },
    facts: facts({ system: { ...facts().system, name: HOSTILE }, autoload: { exists: true, mode: '0755', content: HOSTILE } }),
    sample: { ...sample, path: HOSTILE, top: [{ address: HOSTILE, addressClass: 'unparsed', count: 1 }] },
    refusal: HOSTILE,
    choices: { ...PLAIN, nodeps: true },
  });
  const document = planDocument({ ...hostile, script: `${hostile.script}\n${HOSTILE}\n` }, hostile.madeAt);
  expect(document).not.toMatch(/[\u001b\u202e\r]/);
  const lines = outside(document);
  // Indented blocks are code; everywhere else nothing of the hostile text may be markup.
  const prose = lines.filter((line) => !line.startsWith('    '));
  expect(prose.filter((line) => line.startsWith('#')).length).toBe(8);
  expect(prose.join('\n')).not.toMatch(/(?<!\\)<img|(?<!\\)\]\(command:/);
  expect(lines.at(-2)).toMatch(/^ {2}.*consent\.$/);
});

/** A verification of a host that delivers, with a log of visitors. */
function delivering(last: readonly string[] = []) {
  const loaded = { loaded: true, lookalikes: [], countersReadable: 'yes' as const };
  const toa = {
    ...facts().kernel,
    running: '3.10.0-957.21.3.el7.toa.x86_64',
    installed: [{ release: '3.10.0-957.21.3.el7.toa.x86_64', vmlinuz: true }],
  };
  const counters = { syn_recv_sock_toa: 41, syn_recv_sock_no_toa: 1, getname_toa_ok: 40 };
  const before = facts({ kernel: toa, module: { ...loaded, counters } });
  const after = facts({
    kernel: toa,
    module: { ...loaded, counters: { ...counters, syn_recv_sock_toa: 1934, getname_toa_ok: 1930 } },
    takenAt: before.takenAt + 60_000,
  });
  const { ranges } = parseCidrs(['192.0.2.0/25']);
  const visitors = ['203.0.113.1', '203.0.113.2', '203.0.113.3'].map((address) => ({
    address,
    addressClass: 'visitor' as const,
    count: 9,
  }));
  const seen = verification({
    before,
    after,
    memory: {},
    ranges,
    peers: ['192.0.2.18'],
    sample: { ...sample, classes: { ...sample.classes, visitor: 27 }, top: visitors, last },
  });
  return { before, after, ranges, visitors, seen };
}

test('a report shows the verdict with its time, each level, and the findings', () => {
  const { before, after, ranges, visitors, seen } = delivering();
  const document = reportDocument({ host, verification: seen, cidrs: ['192.0.2.0/25'] });
  expect(document).toMatch(/^\*\*Visitors’ addresses likely arrive\.\*\* Evidence 4 of 5, \d{4}-/m);
  expect(document).toMatch(/^ {4}4 Delivering +yes +[\d:]{8} +getname_toa_ok \+1,890 in 60 s$/m);
  expect(document).toMatch(/^ {4}5 Proven +no /m);
  expect(document).not.toMatch(/[Ss]uccess/);

  const drifted = { kind: 'drifted', drift: [{ what: 'autoloadEndings' }], was: 4, wasAt: 0 } as const;
  const moved = reportDocument({ host, verification: seen, cidrs: [], drifted });
  expect(document).not.toContain('## Drift');
  expect(moved).toMatch(/^## Drift\n\nWas at evidence 4 of 5\. Since then: toa\.modules has CR LF endings\. “Repair…” puts it right\.$/m);

  const direct = verification({ before, after, memory: {}, ranges, peers: ['203.0.113.77'], sample });
  const found = reportDocument({ host, verification: direct, cidrs: ['192.0.2.0/25'] });
  expect(found.replace(/\s+/g, ' ')).toContain('1 raw peers in 60 s: 203.0.113.77');
  expect(found).toMatch(/^1\. \*\*Visitors reach the origin directly.*\n {3}Seen: 1 raw peers .*\n {3}To do: Let only/m);

  const { ranges: trusted } = parseCidrs(['192.0.2.0/25']);
  const rewrites = { directives: ['set_real_ip_from 192.0.2.0/25'], trusted, everybody: false, lookups: true };
  const many = Array.from({ length: 21 }, (_, n) => `192.0.2.${n}`);
  const rewritten = reportDocument({ host, verification: { ...seen, peers: many, rewrites }, cidrs: [] }).replace(/\s+/g, ' ');
  expect(rewritten).toMatch(/ 21 raw peers in 60 s: 192\.0\.2\.0, .*192\.0\.2\.19, … /);
  expect(rewritten).toContain(' set_real_ip_from 192.0.2.0/25, HostnameLookups ');

  const hostile = reportDocument({
    host: { ...host, name: HOSTILE },
    verification: { ...seen, sample: { ...sample, path: HOSTILE, top: [{ ...visitors[0]!, address: HOSTILE }] } },
    cidrs: [HOSTILE],
  });
  expect(hostile).not.toMatch(/[\u001b\u202e]/);
  expect(outside(hostile).filter((line) => line.startsWith('#')).length).toBe(
    document.split('\n').filter((line) => line.startsWith('#')).length,
  );
});

const last = ['203.0.113.2 - - [14/May/2024:14:05:23 +0000] "GET /reset?token=s3cret HTTP/1.1" 200 3 "-" "-"', `${HOSTILE}\n# forged`];
const whole = (more: Partial<Report> = {}): Report => ({
  host,
  verification: delivering(last).seen,
  cidrs: ['192.0.2.0/25'],
  ownAddress: {
    target: { host: 'shop.example.com', port: 443, tls: true },
    outcome: notTested({ code: 'notLoaded' }),
    verification: delivering().seen,
  },
  ...more,
});

test('a report is ready for a ticket: how it was read, what was not checked, the last lines without secrets', () => {
  const document = reportDocument(whole());
  expect(document).toMatch(/^ {4}uname -r +3\.10\.0-957\.21\.3\.el7\.toa\.x86_64$/m);
  expect(document).toContain('Through https://shop.example.com:');
  expect(document).toContain('/proc/modules has no line whose first word is toa');
  expect(document).toContain('The host’s own firewall rules, which only root can read');
  expect(document).toContain('/reset?token=***');
  expect(document).not.toContain('s3cret');
  expect(outside(document).some((line) => line.startsWith('# forged'))).toBe(false);
});

test('masked, other people’s addresses are names, and the ranges stay', () => {
  const document = reportDocument(whole({ masked: true }));
  expect(document).not.toMatch(/203\.0\.113\./);
  expect(document).toMatch(/^ {4}visitor-2 - - /m);
  expect(document).toMatch(/^ {4}visitor-2 +Visitors +9$/m);
  expect(document).toContain('192.0.2.0/25');
  expect(document).toContain('Other people’s addresses are masked');
});

test('the same as JSON, with codes; hostile text stays text', () => {
  const text = reportJson(whole({ masked: true, drifted: { kind: 'drifted', drift: [{ what: 'moduleGone' }], was: 4, wasAt: 0 } }));
  expect(text).not.toMatch(/[\u001b\u202e]|s3cret|203\.0\.113\./);
  expect(JSON.parse(text)).toMatchObject({
    report: 'toa-verification',
    version: 1,
    masked: true,
    verdict: { code: 'likely', level: 4 },
    drift: [{ what: 'moduleGone', text: 'module not loaded' }],
    counters: { rise: { getname_toa_ok: 1890 } },
    ownAddress: { conditions: [{ met: false }, { met: false }, { met: false }, { met: false }, { fault: { code: 'notLoaded' } }] },
    log: { top: [{ address: 'visitor-1' }, { address: 'visitor-2' }, { address: 'visitor-3' }] },
  });
});
