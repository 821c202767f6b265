import { existsSync, linkSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { controlOf, startTestSandbox } from './helpers';
import { registeringCases } from './registering';

// n8n keeps the credentials of a bot that was made by a scan: the platform must know the bot after a restart.

const folder = mkdtempSync(join(tmpdir(), 'clawbot-bots-'));
const botsFile = join(folder, 'bots.json');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { begin } = registeringCases.find(({ platform }) => platform === 'dingtalk')!;

async function scan(options: { botsFile?: string }) {
	const sandbox = await startTestSandbox(options);
	const { address } = await begin(sandbox);
	const { bot } = await controlOf(sandbox).post('/registrations', { address, does: 'confirm' });
	const made = sandbox.world.bots.find('dingtalk', bot.id)!;
	await sandbox.close();
	return made;
}

async function known({ platform, id, secret }: Awaited<ReturnType<typeof scan>>, file = botsFile) {
	const sandbox = await startTestSandbox({ botsFile: file });
	const found = sandbox.world.bots.withSecret(platform, id, secret);
	await sandbox.close();
	return found !== undefined;
}

test('A bot is known after a restart where a file keeps it, and nowhere else', async () => {
	const made = await scan({ botsFile });
	expect(await known(made)).toBe(true);
	expect(await known(made, join(folder, 'other.json'))).toBe(false);
	expect(await known(await scan({}))).toBe(false);
	expect(readFileSync(botsFile, 'utf8')).toContain(made.id);
});

test('A file that is being written is whole at every moment', async () => {
	await scan({ botsFile });
	const before = join(folder, 'before.json');
	const text = readFileSync(botsFile, 'utf8');
	linkSync(botsFile, before);
	await scan({ botsFile });
	expect(readFileSync(before, 'utf8')).toBe(text);
	expect(readdirSync(folder).sort()).toEqual(['before.json', 'bots.json']);
});

test('A reset forgets it for good', async () => {
	const made = await scan({ botsFile });
	const sandbox = await startTestSandbox({ botsFile });
	await controlOf(sandbox).post('/reset', {});
	await sandbox.close();
	expect(existsSync(botsFile)).toBe(false);
	expect(await known(made)).toBe(false);
});
