import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/engine/clock';
import { probeHost } from '../../../src/engine/probeHost';
import { startLab, type Lab } from '../../lab/lab';
import { asRoot, followers } from './following';

const signal = new AbortController().signal;
let lab: Lab;
let ours: ReturnType<typeof followers>;
beforeAll(async () => {
  lab = await startLab({ systems: ['centos7'] });
  ours = followers(lab);
});
afterAll(async () => {
  ours.dispose();
  await lab.stop();
});

it('logs are found where servers hold them open, where their configurations name them, and in the usual places', async () => {
  const machine = lab.host('centos7');
  const made = await machine.shell(`
    mkdir -p /etc/nginx/conf.d /etc/httpd/conf.d /etc/caddy /var/log/httpd /var/log/caddy /var/log/tomcat
    cat >/etc/nginx/conf.d/shop.conf <<'E'
server {
  server_name shop; # access_log /var/log/nginx/commented.log;
  access_log /var/log/nginx/shop.example.com main;
  access_log "/var/log/nginx/quoted" combined buffer=4k;
  access_log off;
  access_log syslog:server=unix:/dev/log;
  access_log /var/log/nginx/$host.log;
  #access_log /var/log/nginx/commented;
}
E
    printf 'CustomLog logs/ssl_request_log "%%t %%h"\nTransferLog "|/usr/sbin/rotatelogs /var/log/httpd/piped 86400"\nCustomLog logs/gone common\n' >/etc/httpd/conf.d/ssl.conf
    printf 'shop.example {\n  log {\n    output file /var/log/caddy/shop.access {\n      roll_size 1gb\n    }\n  }\n  log {\n    output stderr\n  }\n  basic_auth {\n    bob hunter2\n  }\n}\n' >/etc/caddy/Caddyfile
    ln -sfn /var/log/httpd /etc/httpd/logs
    touch /var/log/nginx/shop.example.com /var/log/nginx/quoted /var/log/nginx/commented /var/log/nginx/commented.log /var/log/httpd/ssl_request_log \
      /var/log/httpd/ssl_access_log /var/log/haproxy-traffic.log /var/log/caddy/example.com.log /var/log/caddy/shop.access /var/log/tomcat/localhost_access_log.2024-05-14.txt
    echo 'access_log /var/log/nginx/open.example.com.json;' >/etc/nginx/open.inc
    sed -i 's|^  access_log .*|&\\n  include /etc/nginx/open.inc;|' /run/elhost/web.conf
    kill -HUP $(cat /run/nginx.pid)`);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  const probe = async () => probeHost(await ours.connect(machine, 'deploy'), { as: asRoot, extraLogs: [], clock: systemClock, signal });
  const found = async (): Promise<readonly string[]> => (await probe()).logs.map((log) => `${log.found} ${log.server} ${log.path}`).sort();
  await expect.poll(found, { timeout: 30_000 }).toContain('open nginx /var/log/nginx/open.example.com.json');
  expect(await found()).toEqual([
    `open nginx ${machine.accessLog}`,
    'open nginx /var/log/nginx/open.example.com.json',
    'usual caddy /var/log/caddy/example.com.log',
    'usual caddy /var/log/caddy/shop.access',
    'usual haproxy /var/log/haproxy-traffic.log',
    'usual httpd /var/log/httpd/ssl_access_log',
    'usual httpd /var/log/httpd/ssl_request_log',
    'usual nginx /var/log/nginx/quoted',
    'usual nginx /var/log/nginx/shop.example.com',
    'usual tomcat /var/log/tomcat/localhost_access_log.2024-05-14.txt',
  ]);
});
