import { AUTOLOAD_PATH, autoloadContent, moduleFile } from '../vendor';
import { quote } from '../shell';
import { fingerprint } from './fingerprint';
import type { HostFacts } from '../facts';
import type { InstallChoices, LocalPackage, PlanStep, StepId, VendorRow } from '../plan';

/** What the steps of an install are made from. */
export interface InstallInputs {
  readonly facts: HostFacts;
  readonly row: VendorRow;
  readonly target: string;
  readonly packages: readonly LocalPackage[];
  readonly choices: InstallChoices;
}

/** What rpm's scriptlets and yum create must stay readable to others, as if a person had run them. */
export const PACKAGE_UMASK = 'umask 022';

/** Waiting for yum's lock, metadata and dependency solving. Seconds. */
const YUM_DEADLINE_SECONDS = 300;

/**
 * The steps in order, each with the commands that run, word for word. The vendor's procedure: same tools, same order,
 * same packages; what is added keeps the original kernel the default at every instant.
 */
export function installSteps(inputs: InstallInputs): readonly PlanStep[] {
  const { facts, target, packages } = inputs;
  const original = facts.kernel.running;
  const saved = facts.kernel.defaultPath ?? '';
  return [
    step('checkFacts', checkFacts(facts)),
    // A second install takes up where one was cut off.
    ...(facts.record.interrupted === undefined ? [] : [step('clearPartial', ['alone', `clear_partial ${quote(target)}`], { target })]),
    step('stagePackages', packages.map(takePackage(facts)), { files: packages.map((p) => p.file).join(', ') }),
    step(
      'recordOriginal',
      [
        `rpm -qf ${quote(`/boot/vmlinuz-${original}`)}`,
        `bootable ${quote(original)}`,
        `printf '%s\\n' ${quote(original)} >./original`,
        `put_file ./original "$home/original" 0644`,
      ],
      { original },
    ),
    // Also where it is the default already: an entry that is the default only by being the first is one no more after the install.
    step('makeRunningDefault', [`set_default ${quote(original)}`], { original, saved }),
    step('holdDefault', [`hold_default ${quote(original)}`]),
    ...firmwareStep(inputs),
    step('installKernel', [PACKAGE_UMASK, ...kernelCommands(inputs), `installed ${quote(kernelOf(packages).nevra)}`], { target }),
    step(
      'keepDefault',
      [`[ "$(default_kernel)" = ${quote(`/boot/vmlinuz-${original}`)} ] || set_default ${quote(original)}`, 'default_kernel'],
      { original },
    ),
    step('releaseDefault', ['pay_owed']),
    step('writeAutoload', writeAutoload(inputs.row), { path: AUTOLOAD_PATH }),
    step('checkAfter', checkAfter(inputs), { target, original }),
    ...keepKernels(facts, target),
  ];
}

/** A later `yum update` may remove all but the running kernel and the newest few (`installonly_limit`). */
function keepKernels(facts: HostFacts, target: string): readonly PlanStep[] {
  if (facts.yum?.yumdb !== true) return [];
  const original = facts.kernel.running;
  const kernels = [facts.kernel.runningPackage ?? `kernel-${original}`, `kernel-${target}`];
  return [step('keepKernels', [`keep_kernels ${kernels.map(quote).join(' ')}`], { target, original })];
}

export const step = (id: StepId, commands: readonly string[], about: Record<string, string> = {}): PlanStep => ({
  id,
  commands: commands.join('\n'),
  about,
});

export const kernelOf = (packages: readonly LocalPackage[]): LocalPackage => {
  const kernel = packages.find((p) => p.name === 'kernel');
  if (kernel === undefined) throw new RangeError('an install without a kernel package');
  return kernel;
};

/** Where an upload waits for root to take it: its name is its hash, so that nothing stale is ever taken for it. */
export const uploadPath = (facts: HostFacts, local: Pick<LocalPackage, 'sha256'>): string =>
  `${facts.user.uid === 0 ? '/var/lib/toa-hosts/uploads' : `/var/tmp/toa-hosts-${facts.user.uid}`}/${local.sha256}.rpm`;

export function checkFacts(facts: HostFacts): readonly string[] {
  const read = {
    runningKernel: '$(uname -r)',
    bootId: '$(cat /proc/sys/kernel/random/boot_id)',
    defaultKernel: '$(default_kernel)',
  } as const;
  const known = fingerprint(facts);
  const names = Object.keys(read) as (keyof typeof read)[];
  return names.map((name) => `expect ${name} "${read[name]}" ${quote(known[name])}`);
}

export const takePackage =
  (facts: HostFacts) =>
  (local: LocalPackage): string =>
    `take_package ${quote(uploadPath(facts, local))} ${quote(local.file)} ${local.bytes} ${local.sha256} ${quote(local.nevra)}`;

/** el6 only. Whether the installed firmware is new enough is rpm's to say, of the kernel alone (domain: --test). */
function firmwareStep(inputs: InstallInputs): readonly PlanStep[] {
  const firmware = inputs.packages.find((p) => p.name === 'kernel-firmware');
  if (firmware === undefined) return [];
  const flags = rpmFlags(inputs.choices);
  const kernel = `./${kernelOf(inputs.packages).file}`;
  // Over another version rpm -i meets its files; firmware alone may be upgraded, and that is not undone.
  const install = inputs.facts.firmware === undefined ? '-ivh' : '-Uvh';
  // With dependencies waived every firmware would do: there rpm is asked without that, and whether firmware is what it misses.
  const isNewEnough = inputs.choices.nodeps
    ? `! rpm -i --test${rpmFlags({ ...inputs.choices, nodeps: false })} ${kernel} 2>&1 | grep '^[[:space:]]*kernel-firmware .* is needed by ' >/dev/null`
    : `rpm -i --test${flags} ${kernel} >/dev/null 2>&1`;
  return [
    step(
      'installFirmware',
      [
        PACKAGE_UMASK,
        'alone',
        `if ${isNewEnough}; then`,
        `  echo 'the installed kernel-firmware is new enough'`,
        `else`,
        `  rpm -i --test --replacefiles${flags} ./${firmware.file} ${kernel}`,
        `  rpm ${install} ./${firmware.file}`,
        `fi`,
      ],
      { file: firmware.file },
    ),
  ];
}

export const rpmFlags = (choices: InstallChoices): string =>
  [choices.nodeps ? ' --nodeps' : '', choices.force ? ' --force' : choices.oldpackage ? ' --oldpackage' : ''].join('');

function kernelCommands({ row, choices, packages }: InstallInputs): readonly string[] {
  const file = `./${kernelOf(packages).file}`;
  // yum has no --nodeps and no --oldpackage: those choices are rpm's.
  if (row === 'el6' || choices.tool === 'rpm' || choices.nodeps || choices.force) return ['alone', `rpm -ivh${rpmFlags(choices)} ${file}`];
  const options = [
    '-y',
    // Less than this, as a yum.conf may say, and the word that the transaction has begun is not printed.
    '-d 2 -e 2',
    '--setopt=installonly_limit=0',
    '--setopt=exit_on_lock=1',
    ...(choices.repositories ? [] : [`--disablerepo='*'`]),
    ...(choices.disableExcludes ? ['--disableexcludes=all'] : []),
    ...(choices.nogpgcheck ? ['--nogpgcheck'] : []),
  ];
  return ['alone', `with_deadline ${YUM_DEADLINE_SECONDS} yum ${options.join(' ')} localinstall ${file}`];
}

export function writeAutoload(row: VendorRow): readonly string[] {
  return [
    `cat >./toa.modules <<'TOA_MODULES'`,
    `${autoloadContent(row)}TOA_MODULES`,
    `put_file ./toa.modules ${AUTOLOAD_PATH} 0755`,
    `cmp ./toa.modules ${AUTOLOAD_PATH}`,
    `[ "$(stat -c %a ${AUTOLOAD_PATH})" = 755 ]`,
    `rm -f "$home/undone"`,
  ];
}

function checkAfter({ facts, row, target, packages }: InstallInputs): readonly string[] {
  const original = facts.kernel.running;
  return [
    ...packages.filter((p) => p.name === 'kernel').map((p) => `installed ${quote(p.nevra)}`),
    `installed ${quote(facts.kernel.runningPackage ?? `kernel-${original}`)}`,
    `bootable ${quote(target)}`,
    `bootable ${quote(original)}`,
    `ls -l ${quote(moduleFile(row, target))}`,
    `[ "$(default_kernel)" = ${quote(`/boot/vmlinuz-${original}`)} ] || set_default ${quote(original)}`,
    `rm -f ${packages.map((p) => `./${p.file}`).join(' ')}`,
  ];
}
