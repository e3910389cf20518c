import { autoloadDrift, isUndone } from '../drift';
import { TOA_RELEASE } from '../vendor';
import type { HostFacts } from '../facts';
import type { VendorRow } from '../plan';

/** One thing that a repair puts right. */
export type Damage =
  /** A run that was cut off is on record, or has not given back what it borrowed. */
  | 'record'
  /** Its database does not answer: what rpm was killed at holds it. */
  | 'rpm'
  /** Files of a package that rpm was writing and does not know. */
  | 'partial'
  /** Files of the installed TOA kernel are missing or differ. */
  | 'files'
  /** Its boot entry, its initramfs. */
  | 'entry'
  | 'initramfs'
  /** The TOA kernel runs, and another one is the default. */
  | 'default'
  | 'autoload'
  /** The TOA kernel runs and its module, which is there, is not loaded. */
  | 'module';

/** Steps in which a kernel package and what its scriptlets make may be left half done. */
const PACKAGE_STEPS = ['installKernel', 'reinstallKernel', 'addEntry', 'finishKernel'];

/** What is wrong with a supported host, from facts that root has read. Without an answer from rpm that alone can be told. */
export function damageOf(facts: HostFacts, row: VendorRow): readonly Damage[] {
  const target = TOA_RELEASE[row];
  const { interrupted, owes } = facts.record;
  const kernel = facts.kernel.installed.find((one) => one.release === target);
  const damage: Damage[] = interrupted !== undefined || owes === true ? ['record'] : [];
  if (!facts.kernel.packagesRead) return interrupted === undefined ? [] : [...damage, 'rpm'];
  if (kernel === undefined) return interrupted === undefined ? damage : [...damage, 'partial'];
  const running = facts.kernel.running === target;
  // Where rpm or dracut were not heard after a cut within their work, the worst is taken for true.
  const cut = PACKAGE_STEPS.includes(interrupted?.step ?? '');
  const moduleGone = running && facts.module.file === undefined;
  if (!kernel.vmlinuz || moduleGone || (kernel.files ?? (cut ? 'differ' : 'whole')) === 'differ') damage.push('files');
  if (kernel.bootEntry === false) damage.push('entry');
  if ((kernel.initramfsBytes ?? 0) === 0 || (kernel.initramfs ?? (cut ? 'differ' : 'whole')) === 'differ') damage.push('initramfs');
  if (running && !isUndone(facts) && facts.kernel.defaultPath !== undefined && facts.kernel.defaultPath !== `/boot/vmlinuz-${target}`)
    damage.push('default');
  if (!isUndone(facts) && autoloadDrift(facts.autoload, row).length > 0) damage.push('autoload');
  if (running && !facts.module.loaded && facts.module.lookalikes.length === 0) damage.push('module');
  return damage;
}
