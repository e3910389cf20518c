// `npm start`: sets up, packs the extension, starts test hosts and opens VS Code with both; Ctrl-C ends all of it.
// Options (after `--`): -y (use apt without asking), --embedded (not the user's own VS Code), --no-vm (without lab-vm, the host
// that really boots), --tour (the embedded editor does the whole job by itself, screenshots in artefacts/tour; with --vm on
// lab-vm, in artefacts/tour-vm), --pictures (a tour that renews its pictures in the README).
import { freemem } from 'node:os';
import { needsFor, saysYes, setup } from './setup.mjs';
import { offerPackages } from './setup/apt.mjs';
import { look, mustRun, root, run, say, which } from './setup/shell.mjs';

const has = (/** @type {string} */ option) => process.argv.includes(option);
const tour = has('--tour') || has('--pictures');
const editor = tour || has('--embedded') || !ownEditor() ? 'embedded' : 'own';

await setup(editor === 'own' ? needsFor('hosts') : needsFor('editor'));
const vm = tour ? has('--vm') : !has('--no-vm');
const without = vm ? await whyNoVm() : undefined;
if (without !== undefined) say(`lab-vm, the host that really boots, is left out: ${without}`);
say('Packing the extension …');
await mustRun('npm', ['run', '--silent', 'package'], { stdio: ['ignore', 'ignore', 'inherit'] });
// Ctrl-C reaches the playground too: it cleans up, this process waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
const passed = ['--tour', '--pictures'].filter((option) => has(option) || (option === '--tour' && tour));
const options = [editor, ...passed, ...(vm && without === undefined ? ['--vm'] : [])];
process.exitCode = await run(process.execPath, ['--import', 'tsx', 'scripts/playground.ts', ...options], { cwd: root });

/** A sentence, where this machine cannot have the virtual one; asks for its packages. */
async function whyNoVm() {
  if (process.arch !== 'x64') return `it is made of x86_64 packages, and this machine is ${process.arch}.`;
  const megabytes = Math.round(freemem() / 2 ** 20);
  if (megabytes < 1500) return `it takes 800 MB, and ${megabytes} MB of memory are available.`;
  const purpose = 'lab-vm, a host that really boots, needs these Debian packages (--no-vm goes without)';
  if (await offerPackages(['vm'], { yes: saysYes(process.argv), purpose })) return undefined;
  return 'its packages are not installed. npm start -- -y installs them.';
}

/** True if there is a VS Code that can open a window here and is new enough for the extension. */
function ownEditor() {
  const shown = process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY;
  // Inside VS Code's own remote terminal `code` is another program, without profiles; as root it refuses to start.
  if (!shown || process.env.VSCODE_IPC_HOOK_CLI || process.getuid?.() === 0 || !which('code')) return false;
  const [major = 0, minor = 0] = (look('code', ['--version']) ?? '').split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 90);
}
