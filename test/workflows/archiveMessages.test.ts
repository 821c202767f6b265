import {
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { IDataObject } from 'n8n-workflow';
import { weekBefore } from '../../core/maintenance/week';
import { startSshd } from '../../scripts/machine/sshd';
import { readBundled, runBundled } from './bundled';
import { hurry, readLogs, runOnHosts, sshCommand } from './hosts';

const { week, monday } = weekBefore(Date.now(), 'Asia/Shanghai');
const ARCHIVE = `messages.jsonl-${monday}-000000.gz`;

/** An execution of the bot, as n8n's API gives it. */
function execution(id: number, at: number, texts: string[]): IDataObject {
	const items = texts.map((text, index) => ({
		json: {
			platform: 'dingtalk',
			kind: 'message',
			messageId: `m${id}-${index}`,
			conversationId: 'c1',
			conversationType: 'group',
			sender: { id: 'u1', name: '李强' },
			contentType: 'text',
			text,
			receivedAt: new Date(at).toISOString(),
			replyTo: { sessionWebhook: 'https://example.com/secret-address' },
		},
	}));
	const answered = items.map(({ json }) => ({
		json: { ...json, answer: { text: `answer to ${json.text}` } },
	}));
	const task = (data: unknown): unknown => [{ data: { main: [data] } }];
	const runData = { 'DingTalk message': task(items), Answer: task(answered) };
	return {
		id: String(id),
		startedAt: new Date(at).toISOString(),
		data: { resultData: { runData } },
	} as unknown as IDataObject;
}

describe('archive messages, on a real SSH server', () => {
	let sshd: Awaited<ReturnType<typeof startSshd>>;
	let folder: string;

	beforeAll(async () => {
		sshd = await startSshd();
	});
	afterAll(async () => await sshd?.stop());
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'clawbot-messages-'));
		hurry(20);
	});
	afterEach(() => {
		jest.restoreAllMocks();
		rmSync(join(sshd.commands, 'gzip'), { force: true });
		rmSync(folder, { recursive: true, force: true });
	});

	const row = (fields: IDataObject = {}): IDataObject => ({
		host: 'a',
		path: 'messages',
		folder,
		reserveMb: 1,
		...fields,
	});
	const host = { name: 'a', address: '127.0.0.1', port: 22, user: 'clawbot' };

	/** The workflow that takes one page. */
	const takePage =
		(answer: (query: IDataObject) => IDataObject) =>
		async (items: IDataObject[]): Promise<IDataObject[]> => {
			const bundled = readBundled('archive-message-page.json');
			const called = { clawbotSshCmd01: sshCommand(sshd.credential) };
			const around = { answer, called };
			const { outputs, error } = await runBundled(
				bundled,
				'An archive that is being made',
				items,
				around,
			);
			if (error) throw error;
			return outputs['The archive with this page']![0]!.map(({ json }) => json);
		};

	/** The whole workflow over pages of executions, the newest first. */
	async function archive(pages: IDataObject[][], rows = [row()]) {
		const told: IDataObject[] = [];
		const asked: IDataObject[] = [];
		const servers = { a: sshd.credential };
		const answer = (query: IDataObject): IDataObject => {
			asked.push(query);
			const page = Number(query.cursor ?? 0);
			const nextCursor = page + 1 < pages.length ? String(page + 1) : null;
			return { data: pages[page]!, nextCursor };
		};
		const { error, run } = await runBundled(
			readBundled('archive-messages.json'),
			'Read logs and hosts',
			[{}],
			{
				called: {
					clawbotReadLogs: readLogs({ clawbot_hosts: [host], clawbot_logs: rows }),
					clawbotArchPag1: takePage(answer),
					clawbotHostRun1: runOnHosts(servers),
					clawbotNotifyOps: (items) => {
						told.push(...items);
						return items;
					},
				},
			},
		);
		return { told, asked, error, run };
	}
	const lines = (): IDataObject[] =>
		gunzipSync(readFileSync(join(folder, ARCHIVE)))
			.toString()
			.split('\n')
			.slice(0, -1)
			.map((line) => JSON.parse(line) as IDataObject);

	it('keeps every message of last week with its answer, over pages and parts', async () => {
		const [from, to] = week;
		const long = `很长的 $(id) \`id\` '"\n${'字'.repeat(11_000)}`;
		const pages = [
			[execution(9, to, ['next week'])],
			[execution(8, to - 1, [long, long, long, long]), execution(7, from + 5, ['a', 'b'])],
			[execution(6, from, ['first']), execution(5, from - 1, ['week before'])],
			[execution(4, from - 2, ['week before'])],
			[execution(3, from - 3, ['never asked for'])],
		];
		const { told, asked, error } = await archive(pages);
		expect(error).toBeUndefined();
		expect(asked).toHaveLength(4);
		expect(told).toMatchObject([{ priority: 'broadcast' }]);
		expect(told[0]!.text).toContain('7 messages');
		expect(lines().map(({ text }) => text)).toEqual([long, long, long, long, 'a', 'b', 'first']);
		expect(lines().at(-1)).toEqual({
			executionId: '6',
			at: new Date(from).toISOString(),
			platform: 'dingtalk',
			kind: 'message',
			messageId: 'm6-0',
			conversationId: 'c1',
			conversationType: 'group',
			senderId: 'u1',
			senderName: '李强',
			contentType: 'text',
			text: 'first',
			answer: 'answer to first',
			error: '',
		});
		expect(gunzipSync(readFileSync(join(folder, ARCHIVE))).toString()).not.toContain('secret');
		expect(readdirSync(folder)).toEqual([ARCHIVE]);
	});

	it('makes an archive of a week without messages, too', async () => {
		const { told } = await archive([[]]);
		expect(told[0]!.text).toContain('0 messages');
		expect(lines()).toEqual([]);
	});

	it('replaces no archive by one that holds less', async () => {
		writeFileSync(join(folder, ARCHIVE), gzipSync('{}\n{}\n{}\n'));
		const { told } = await archive([[execution(1, week[0], ['a'])]]);
		expect(told[0]!.text).toContain('an archive with more messages is there and stays');
		expect(lines()).toHaveLength(3);
		expect(readdirSync(folder)).toEqual([ARCHIVE]);
	});

	it('minds no run that is at work, and removes what one left behind', async () => {
		const [busy, stuck] = ['busy', 'stuck'].map((id) =>
			join(folder, `.messages.jsonl-${monday}-${id}`),
		);
		for (const place of [busy!, stuck!]) {
			mkdirSync(place);
			writeFileSync(join(place, 'part-000009'), 'left over\n');
		}
		const then = Date.now() / 1000 - 50 * 3600;
		utimesSync(stuck!, then, then);
		await archive([[execution(1, week[0], ['a', 'b'])]]);
		expect(lines().map(({ text }) => text)).toEqual(['a', 'b']);
		expect(readdirSync(folder).sort()).toEqual([basename(busy!), ARCHIVE]);
	});

	it('takes no archive that gzip calls damaged, and removes no other', async () => {
		const old = Array.from({ length: 6 }, (_, index) => `messages.jsonl-2020010${index}-000000.gz`);
		for (const name of old) writeFileSync(join(folder, name), gzipSync(''));
		const short = '[ "$1" = -c ] || exec /usr/bin/gzip "$@"; /usr/bin/gzip "$@" | head -c -4';
		writeFileSync(join(sshd.commands, 'gzip'), `#!/bin/sh\n${short}\n`, { mode: 0o755 });
		const { told } = await archive([[execution(1, week[0], ['a'])]]);
		expect(told[0]!.text).toMatch(/step "pack".*\n.*unexpected end of file/);
		expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual(old);
		rmSync(join(sshd.commands, 'gzip'));
		await archive([[execution(1, week[0], ['a'])]]);
		expect(readdirSync(folder).filter((name) => name.endsWith('.gz'))).toEqual([
			...old.slice(3),
			ARCHIVE,
		]);
	});

	it('puts a damaged archive aside, however much it seems to hold', async () => {
		const whole = gzipSync('{}\n'.repeat(9));
		writeFileSync(join(folder, ARCHIVE), whole.subarray(0, -4));
		const { told } = await archive([[execution(1, week[0], ['a'])]]);
		expect(told[0]!.text).toContain('an archive was there and is damaged');
		expect(lines().map(({ text }) => text)).toEqual(['a']);
		expect(readdirSync(folder)).toEqual([ARCHIVE, `${ARCHIVE}.damaged`]);
	});

	it('lets go of a page when the next one is read', async () => {
		const pages = Array.from({ length: 3 }, (_, page) => [
			execution(9 - page, week[0], [`page ${page}`]),
		]);
		const { run } = await archive(pages);
		expect(lines()).toHaveLength(3);
		// n8n holds on to whatever went through a workflow: no text of a message is there.
		expect(JSON.stringify(run.data)).not.toContain('page 0');
	});

	it('fails with the reason where there is no room, before anything is written', async () => {
		const { error, told } = await archive([[]], [row({ reserveMb: 1e9 })]);
		expect(`${error?.message} ${error?.description}`).toContain('too little room');
		expect(told).toEqual([]);
		expect(readdirSync(folder)).toEqual([]);
	});

	it('names a row that is wrong, and does nothing without a row', async () => {
		const { told, asked } = await archive([[]], [row({ folder: 'x' })]);
		expect(told[0]!.text).toContain('clawbot_logs 1: folder');
		expect(asked).toEqual([]);
		expect(await archive([[]], [row({ path: '/var/log/app.log' })])).toMatchObject({ told: [] });
		expect(await archive([[]], [])).toMatchObject({ told: [], asked: [] });
	});
});
