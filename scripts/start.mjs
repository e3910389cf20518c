// `npm start`: sets up, packs the extension, starts test hosts and opens VS Code with both; Ctrl-C ends all of it.
// Options (after `--`): -y (use apt without asking), --embedded (not the user's own VS Code), --tour (the embedded editor
// does the whole job by itself, screenshots in artefacts/tour), --pictures (a tour that renews the README's pictures).
import { needsFor, setup } from './setup.mjs';
import { look, mustRun, root, run, say, which } from './setup/shell.mjs';

const has = (/** @type {string} */ option) => process.argv.includes(option);
const tour = has('--tour') || has('--pictures');
const editor = tour || has('--embedded') || !ownEditor() ? 'embedded' : 'own';

await setup(editor === 'own' ? needsFor('hosts') : needsFor('editor'));
say('Packing the extension …');
await mustRun('npm', ['run', '--silent', 'package'], { stdio: ['ignore', 'ignore', 'inherit'] });
// Ctrl-C reaches the playground too: it cleans up, this process waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
const options = [editor, ...(tour ? ['--tour'] : []), ...(has('--pictures') ? ['--pictures'] : [])];
process.exitCode = await run(process.execPath, ['--import', 'tsx', 'scripts/playground.ts', ...options], { cwd: root });

/** True if there is a VS Code that can open a window here and is new enough for the extension. */
function ownEditor() {
  const shown = process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY;
  // Inside VS Code's own remote terminal `code` is another program, without profiles; as root it refuses to start.
  if (!shown || process.env.VSCODE_IPC_HOOK_CLI || process.getuid?.() === 0 || !which('code')) return false;
  const [major = 0, minor = 0] = (look('code', ['--version']) ?? '').split('.').map(Number);
  return major > 1 || (major === 1 && minor >= 90);
}
