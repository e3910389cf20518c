/**
 * A program of its own (dist/askpass.js), started by ssh in the editor's Node; it only passes things on between ssh and the editor,
 * over the private socket of `room.ts`. With a prompt as argument it is ssh's askpass (`ssh(1)`, SSH_ASKPASS): the answer goes to
 * stdout; without an answer it fails. With `--connect` it is a ProxyCommand: stdin and stdout are the connection.
 */
import { connect } from 'node:net';

const [argument = ''] = process.argv.slice(2);
const socket = connect(process.env['TOA_SSH_SOCKET'] ?? '');
socket.on('error', () => process.exit(1));
const want = argument === '--connect' ? 'connection' : 'answer';
const hello = { token: process.env['TOA_SSH_TOKEN'], want, prompt: argument, hint: process.env['SSH_ASKPASS_PROMPT'] };
socket.write(`${JSON.stringify(hello)}\n`);

if (want === 'connection') {
  process.stdin.pipe(socket).pipe(process.stdout);
  socket.on('close', () => process.exit(0));
} else {
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  socket.on('end', () => {
    const given = answer.endsWith('\n');
    if (given) process.stdout.write(answer);
    process.exitCode = given ? 0 : 1;
  });
}
