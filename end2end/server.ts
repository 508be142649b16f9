// A Laurel of its own for every worker: the release binary (target/laurel, or LAUREL_BIN) on a free port with a new SQLite
// database holding the demo programme. Specs import `test` and `expect` from here, not from Playwright:
//
//   import { expect, test } from '../../server.ts';
//
//   test('a member sees the balance', async ({ page, laurel }) => {
//     laurel.cli(['member', 'show', 'm-1', '--format', 'json']); // on this worker's database
//     await page.goto('/'); // baseURL is laurel.url
//   });
//
// The server lives as long as its worker, so specs of one worker share a database: a spec that changes things
// uses members of its own. `laurel.demo` is what `laurel demo` printed: how its member and its administrator sign in.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, type Cookie, expect, request, test as base } from '@playwright/test';

const binary = process.env.LAUREL_BIN ?? fileURLToPath(new URL('../target/laurel', import.meta.url));
const startWithinMs = 60_000;
const stopWithinMs = 10_000;
const mailWithinMs = 15_000;

export interface Demo {
  member: { sign_in_name: string; password: string };
  admin: { email: string; password: string };
}

export class Laurel {
  private output = '';
  private server?: ChildProcess;

  private constructor(
    readonly url: string,
    readonly databaseUrl: string,
    private readonly folder: string,
  ) {}

  /** With the demo's programme, or with one that has nothing yet. */
  static async start({ isEmpty = false } = {}): Promise<Laurel> {
    if (!existsSync(binary)) throw new Error(`no ${binary}: run \`make site\`, or set LAUREL_BIN`);
    const folder = await mkdtemp(join(tmpdir(), 'laurel-end2end-'));
    const laurel = new Laurel(`http://127.0.0.1:${await freePort()}`, `sqlite:${join(folder, 'laurel.db')}`, folder);
    try {
      if (isEmpty) laurel.output = laurel.cli(['init', '--enrol-on-event']) || '{}';
      await laurel.serve(isEmpty ? ['serve'] : ['demo', '--members', '120', '--format', 'json']);
    } catch (error) {
      await laurel.stop();
      throw error;
    }
    return laurel;
  }

  /** Runs a `laurel` command on this server's database and returns what it printed; throws if it fails. */
  cli(args: string[], input?: string): string {
    return execFileSync(binary, args, { env: this.environment(), input, encoding: 'utf8', stdio: 'pipe' });
  }

  get demo(): Demo {
    return JSON.parse(this.output) as Demo;
  }

  /** The e-mail to an address that has a text in it, decoded; waits until it is there. */
  async email(address: string, text: string): Promise<string> {
    const folder = join(this.folder, 'laurel-mail');
    const deadline = Date.now() + mailWithinMs;
    for (;;) {
      const files = existsSync(folder) ? (await readdir(folder)).filter((name) => name.endsWith('.eml')) : [];
      for (const name of files) {
        const message = decoded(await readFile(join(folder, name), 'latin1'));
        if (message.includes(address) && message.includes(text)) return message;
      }
      if (Date.now() > deadline) throw new Error(`no e-mail to ${address} with ${text} among ${files.length}`);
      await sleep(100);
    }
  }

  async stop(): Promise<void> {
    const server = this.server;
    if (server && running(server)) {
      const exited = once(server, 'exit');
      server.kill('SIGTERM');
      const kill = setTimeout(() => server.kill('SIGKILL'), stopWithinMs);
      await exited;
      clearTimeout(kill);
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private async serve(command: string[]): Promise<void> {
    const server = spawn(binary, [...command, '--listen', new URL(this.url).host], {
      env: this.environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.server = server;
    let log = '';
    server.stdout.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    server.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-10_000)));
    server.on('error', (error) => (log += error));

    const deadline = Date.now() + startWithinMs;
    while (!(await ready(this.url)) || this.output === '') {
      if (!running(server)) throw new Error(`laurel demo ended before it was ready:\n${log}`);
      if (Date.now() > deadline) throw new Error(`laurel demo was not ready in ${startWithinMs} ms:\n${log}`);
      await sleep(50);
    }
  }

  private environment(): NodeJS.ProcessEnv {
    return { ...process.env, LAUREL_DATABASE_URL: this.databaseUrl, LAUREL_PUBLIC_URL: this.url };
  }
}

/** A message with its parts as their reader sees them: quoted-printable and Base64 taken back, as UTF-8. */
function decoded(message: string): string {
  return message
    .split(/^--.*\r\n/m)
    .map((part) => {
      const start = part.indexOf('\r\n\r\n');
      const [head, body] = [part.slice(0, start), part.slice(start)];
      if (/transfer-encoding: base64/i.test(head)) return `${head}\n\n${Buffer.from(body, 'base64').toString('utf8')}`;
      if (!/transfer-encoding: quoted-printable/i.test(head)) return part;
      const bytes = body
        .replace(/=\r\n/g, '')
        .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
      return head + Buffer.from(bytes, 'latin1').toString('utf8');
    })
    .join('\n');
}

function running(server: ChildProcess): boolean {
  return server.pid !== undefined && server.exitCode === null && server.signalCode === null;
}

async function ready(url: string): Promise<boolean> {
  return fetch(`${url}/readyz`).then(
    (response) => response.ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** The cookies of somebody signed in. */
async function session(laurel: Laurel, path: string, name: string, password: string): Promise<Cookie[]> {
  const visitor = await request.newContext({ baseURL: laurel.url });
  const answer = await visitor.post(path, {
    form: { sign_in_name: name, password },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  if (!answer.ok()) throw new Error(`${path} answered ${answer.status()}`);
  const { cookies } = await visitor.storageState();
  await visitor.dispose();
  return cookies;
}

interface PerTest {
  browserProblems: void;
  /** Signs the browser in as the demo's member, without the form. */
  asDemoMember: () => Promise<void>;
  /** Signs the browser in as the demo's administrator, without the form. */
  asDemoAdmin: () => Promise<void>;
}

interface PerWorker {
  laurel: Laurel;
  demoSessions: { member: Cookie[]; admin: Cookie[] };
}

export const test = base.extend<PerTest, PerWorker>({
  laurel: [
    async ({}, use) => {
      const laurel = await Laurel.start();
      await use(laurel);
      await laurel.stop();
    },
    { scope: 'worker', timeout: 2 * startWithinMs },
  ],

  demoSessions: [
    async ({ laurel }, use) => {
      const { member, admin } = laurel.demo;
      await use({
        member: await session(laurel, '/api/portal/sign-in', member.sign_in_name, member.password),
        admin: await session(laurel, '/api/admin/sign-in', admin.email, admin.password),
      });
    },
    { scope: 'worker' },
  ],

  asDemoMember: async ({ context, demoSessions }, use) => use(() => context.addCookies(demoSessions.member)),
  asDemoAdmin: async ({ context, demoSessions }, use) => use(() => context.addCookies(demoSessions.admin)),

  baseURL: async ({ laurel }, use) => use(laurel.url),

  // Every spec also asserts that no page threw, logged an error, broke the Content-Security-Policy or met an answer of 5xx.
  browserProblems: [
    async ({ browser, context }, use) => {
      const problems: { text: string; url: string }[] = [];
      const refused = new Set<string>();
      const watch = (watched: BrowserContext): void => {
        watched.on('weberror', (error) => problems.push({ text: String(error.error()), url: '' }));
        watched.on('response', (response) => {
          const [status, url] = [response.status(), response.url()];
          if (status >= 500) problems.push({ text: `${status}`, url });
          if (status >= 400 && response.request().isNavigationRequest()) refused.add(url);
        });
        watched.on('console', (message) => {
          const [text = '', url] = [message.text().split('\n')[0], message.location().url];
          if (message.type() === 'error' || /Content.Security.Policy/i.test(text)) problems.push({ text, url });
        });
      };
      watch(context);
      browser.on('context', watch);
      await use();
      browser.off('context', watch);
      // a page that says no with a 4xx is no fault of the page, though the browser logs it as an error
      const isRefusal = ({ text, url }: { text: string; url: string }): boolean =>
        refused.has(url) && text.startsWith('Failed to load resource: the server responded with a status of 4');
      expect(problems.filter((problem) => !isRefusal(problem)), 'errors and CSP violations in the browser').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
