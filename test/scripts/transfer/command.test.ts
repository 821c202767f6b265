import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, collect } from '../../../scripts/machine/bundle';
import { COMMAND } from '../../../scripts/machine/package';

// The command of the package, as a user has it: one file beside the workflows, and nothing else of ours.

const root = join(__dirname, '..', '..', '..');
const workflows = readdirSync(join(root, 'workflows')).filter((name) => name.endsWith('.json'));
const API_KEY = 'key-of-the-test';

let folder: string;
let server: Server;
let url: string;
let stored: Array<Record<string, unknown>>;

/** What the command needs of n8n's public API, in memory. */
function answer(method: string, path: string, body: Record<string, unknown>) {
	const id = /^\/api\/v1\/workflows\/([^/?]+)/.exec(path)?.[1];
	const one = stored.find((workflow) => workflow.id === id);
	if (path.startsWith('/api/v1/workflows?')) return { data: stored };
	if (method === 'POST' && !id) {
		const made = { ...body, id: `n8n${stored.length}`, active: false };
		stored.push(made);
		return made;
	}
	if (method === 'PUT') Object.assign(one!, body);
	if (path.endsWith('/activate')) one!.active = true;
	return one;
}

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'clawbot-command-'));
	mkdirSync(join(folder, 'dist'));
	writeFileSync(join(folder, 'dist', 'command.mjs'), bundle(COMMAND));
	cpSync(join(root, 'workflows'), join(folder, 'workflows'), { recursive: true });
	writeFileSync(join(folder, 'package.json'), JSON.stringify({ version: '9.9.9' }));
	server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const known = request.headers['x-n8n-api-key'] === API_KEY;
			const text = Buffer.concat(chunks).toString('utf8');
			const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
			const reply = known ? answer(request.method!, request.url!, body) : { message: 'no' };
			response.writeHead(known ? 200 : 401).end(JSON.stringify(reply));
		});
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
	stored = [];
});
afterAll(async () => {
	rmSync(folder, { recursive: true, force: true });
	await new Promise((done) => server.close(done));
});

async function command(args: string[], env: NodeJS.ProcessEnv = {}) {
	return await new Promise<{ code: number; output: string }>((resolve) => {
		const file = join(folder, 'dist', 'command.mjs');
		const options = { cwd: folder, env: { PATH: process.env.PATH, ...env } };
		execFile(process.execPath, [file, ...args], options, (error, stdout, stderr) =>
			resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
		);
	});
}

describe('the command of the package', () => {
	it('brings every bundled workflow in, and changes nothing when it is repeated', async () => {
		const first = await command(['push', '--url', url, '--api-key', API_KEY]);
		expect(first).toMatchObject({ code: 0 });
		expect(first.output).toContain(`${workflows.length} created, 0 updated`);
		expect(first.output).toContain('to do: choose or create the credential "ClawBot Model"');
		expect(stored).toHaveLength(workflows.length);
		expect(stored[0]!.description).toContain('n8n-nodes-clawbot 9.9.9');
		const again = await command(['push', '--url', `${url}/`], { N8N_API_KEY: API_KEY });
		expect(again.output).toContain(`0 created, 0 updated, ${workflows.length} unchanged`);
	});

	it('takes the store for queue mode', async () => {
		await command(['push', '--url', url, '--api-key', API_KEY, '--store', 'postgres']);
		expect(JSON.stringify(stored)).toContain('n8n-nodes-base.postgres');
		stored = [];
		await command(['push', '--url', url, '--api-key', API_KEY]);
		expect(JSON.stringify(stored)).not.toContain('n8n-nodes-base.postgres');
	});

	it.each<[string, string[], string]>([
		['nothing', [], 'Known are push --url'],
		['another word', ['pull', '--url', '{url}', '--api-key', API_KEY], 'Known are push --url'],
		['no address', ['push', '--api-key', API_KEY], 'Known are push --url'],
		['an option that it has not', ['push', '--force'], 'Known are push --url'],
		[
			'half an address',
			['push', '--url', 'n8n.example.com', '--api-key', API_KEY],
			'Write it whole',
		],
		['no key', ['push', '--url', '{url}'], 'Settings → n8n API'],
		['a wrong key', ['push', '--url', '{url}', '--api-key', 'wrong'], 'Check the API key'],
		[
			'a store that is none',
			['push', '--url', '{url}', '--api-key', API_KEY, '--store', 'x'],
			'Known are embedded and postgres',
		],
		[
			'nobody at the address',
			['push', '--url', 'http://127.0.0.1:9', '--api-key', API_KEY],
			'cannot be reached',
		],
	])('says what to do: %s', async (_, args, words) => {
		const { code, output } = await command(args.map((arg) => arg.replace('{url}', url)));
		expect(code).toBe(1);
		expect(output).toContain(words);
		expect(output).not.toMatch(/\n\s+at /);
		expect(stored).toEqual([]);
	});

	it('is made of files that need nothing but Node', () => {
		expect(() => collect('scripts/pictures.js')).toThrow('needs "playwright-core"');
		for (const text of collect(COMMAND).values()) {
			for (const [, name] of text.matchAll(/require\('([^']+)'\)/g)) expect(name).toMatch(/^node:/);
		}
	});
});
