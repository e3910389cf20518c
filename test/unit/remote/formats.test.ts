import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import formats from '../../../src/remote/formats.sh';
import { shells } from '../engine/shells';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'formats-'));
  mkdirSync(join(folder, 'conf.d'));
  mkdirSync(join(folder, 'logs'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What the script says of a configuration that begins in this file. */
function said(shell: string, server: string, file: string): string[] {
  const script = formats.replace(/^toa_mains \|/m, `echo '${server} ${join(folder, file)}' |`);
  const [program = '', ...options] = shell.split(' ');
  const input = `{ toa_log=${join(folder, 'logs/access.log')}\n${script}\nexit\n}\n`;
  const rows = execFileSync(program, options, { input, encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((row) => row !== '');
  expect(rows.pop()).toBe('end');
  return rows.map((row) => row.replaceAll('\x1f', '|').replaceAll(folder, '~'));
}

describe.each(shells)('formats.sh under %s', (shell) => {
  it('reads nginx: words of several lines, includes, and nothing else', () => {
    const [log, alias] = [join(folder, 'logs/access.log'), join(folder, 'logs/alias.log')];
    writeFileSync(log, '');
    symlinkSync(log, alias);
    writeFileSync(
      join(folder, 'nginx.conf'),
      `# log_format comment 'it''s';
http {
  log_format  main  '$remote_addr [$time_local] "$request" '
                    '$status';
  log_format j escape=json '{"ip":"$remote_addr","a\\tb":"\\"c"}'; server { access_log /var/log/\${host}.log main if=$x; }
  location / { access_by_lua_block { -- don't
    local a = 'x;' } }
  set $password "log_format hidden"; ssl_certificate_key /secret;
  include conf.d/*.conf; include nothing/*;
  include '${folder}/one two';
}`,
    );
    writeFileSync(join(folder, 'conf.d/a.conf'), `access_log ${alias} j; access_log off; include conf.d/*.conf;\r\n`);
    writeFileSync(join(folder, 'one two'), 'access_log /x.log;');
    expect(said(shell, 'nginx', 'nginx.conf')).toEqual([
      'nginx|log_format|main|$remote_addr [$time_local] "$request" |$status',
      'nginx|log_format|j|escape=json|{"ip":"$remote_addr","a\tb":""c"}',
      'nginx|access_log|other|/var/log/${host}.log|main|if=$x',
      'nginx|access_log|same|~/logs/alias.log|j',
      'nginx|access_log|other|off',
      'nginx|access_log|other|/x.log',
    ]);
  });

  it('reads httpd: nicknames, pipes, relative logs, folders of files, and nothing else', () => {
    mkdirSync(join(folder, 'conf'));
    writeFileSync(join(folder, 'logs/access.log'), '');
    writeFileSync(
      join(folder, 'conf/httpd.conf'),
      `ServerRoot "${folder}"
# LogFormat "%h" comment
LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\"" combined
  logformat "%v %h\\t%t" \\
    'vh'
AuthBasicSecret "LogFormat x"
<VirtualHost *:80>
\tCustomLog logs/access.log combined env=!x
\tCustomLog "|/usr/sbin/rotatelogs /var/log/a.%Y 86400" '%a "%r"'
</VirtualHost>
IncludeOptional conf.d
Include none/*.conf
`,
    );
    writeFileSync(join(folder, 'conf.d/ssl.conf'), 'TransferLog logs/ssl_access_log\r\n');
    expect(said(shell, 'httpd', 'conf/httpd.conf')).toEqual([
      'httpd|logformat|%h %l %u %t "%r" %>s %b "%{Referer}i"|combined',
      'httpd|logformat|%v %h\\t%t|vh',
      'httpd|customlog|same|logs/access.log|combined|env=!x',
      'httpd|customlog|other||/usr/sbin/rotatelogs /var/log/a.%Y 86400|%a "%r"',
      'httpd|transferlog|other|logs/ssl_access_log',
    ]);
  });

  it('ends, whatever a configuration includes', () => {
    writeFileSync(join(folder, 'nginx.conf'), `include nginx.conf; include ${folder}; include logs;\nlog_format "${'x'.repeat(100_000)}";`);
    expect(said(shell, 'nginx', 'nginx.conf')).toEqual([]);
  });
});
