import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { freePorts } from '../../scripts/machine/ports';
import { startSshd } from '../../scripts/machine/sshd';
import { startSystem } from '../../scripts/system/system';
import { readWorkflows } from '../../scripts/workflows/workflows';
import type { Workflow } from '../../scripts/workflows/workflows';
import type { System } from './bot';
import { addRows } from './seen';

/*
 * Tasks on hosts in a real n8n: its Data Tables, its SSH node, and one credential whose address, port and
 * user are expressions.
 */

const bundled = readWorkflows(join(__dirname, '..', '..', 'workflows')).map(
	({ workflow }) => workflow as Workflow,
);
const find = (id: string): Workflow =>
	structuredClone(bundled.find((workflow) => workflow.id === id)!);

const webhook = (path: string, name: string): object => ({
	id: path,
	name,
	type: 'n8n-nodes-base.webhook',
	typeVersion: 2,
	position: [0, 0],
	webhookId: path,
	parameters: {
		httpMethod: 'POST',
		path,
		responseMode: 'lastNode',
		responseData: 'allEntries',
		options: {},
	},
});

/** A scheduled workflow that a request starts instead; the answer is what operations would be told. */
function onRequest(id: string, trigger: string): Workflow {
	const workflow = find(id);
	const nodes = workflow.nodes.filter(({ name }) => name !== trigger);
	const settings = { executionOrder: 'v1' };
	return { ...workflow, nodes: [...nodes, webhook(id, trigger)], settings } as Workflow;
}

const main = (node: string): object => ({ main: [[{ node, type: 'main', index: 0 }]] });

/** The archive of messages, of all time instead of last week: the test's messages are of today. */
function messagesOfAllTime(): Workflow {
	const changed = onRequest('clawbotArchive2', 'Monday 02:45');
	const assignments = [{ id: 'week', name: 'week', type: 'array', value: '={{ [0, 9e15] }}' }];
	const node = {
		...changed.nodes.find(({ id }) => id === 'steps')!,
		id: 'week',
		name: 'All time',
		parameters: { assignments: { assignments }, includeOtherFields: true, options: {} },
	};
	const planned = changed.connections['Plan the archive']!;
	planned.main![0] = [{ node: 'All time', type: 'main', index: 0 }];
	const connections = { ...changed.connections, 'All time': main('Take a page of messages') };
	return { ...changed, nodes: [...changed.nodes, node], connections } as Workflow;
}

/** n8n listens on a port of the test's. */
function pagesOf(n8nUrl: string): Workflow {
	const text = JSON.stringify(find('clawbotArchPag1'));
	return JSON.parse(text.replaceAll('http://127.0.0.1:5678', n8nUrl)) as Workflow;
}

/** Stands where the bot's own workflow would: its executions hold messages and answers. */
const answering = {
	id: 'clawbotAnswer001',
	name: 'Test: answers',
	nodes: [
		webhook('answer', 'Message'),
		{
			id: 'set',
			name: 'Answer',
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			position: [0, 0],
			parameters: {
				mode: 'raw',
				jsonOutput:
					"={{ { platform: 'feishu', messageId: $json.body.id, text: $json.body.text, answer: { text: '收到' } } }}",
				options: {},
			},
		},
	],
	connections: { Message: main('Answer') },
	settings: {},
} as unknown as Workflow;

const workflows = [
	answering,
	onRequest('clawbotArchive1', 'Monday 02:30'),
	find('clawbotReadLogs'),
	find('clawbotHostRun1'),
	find('clawbotSshCmd01'),
	{
		id: 'clawbotNotifyOps',
		name: 'Test: what operations are told',
		nodes: [
			{
				id: 'start',
				name: 'Start',
				type: 'n8n-nodes-base.executeWorkflowTrigger',
				typeVersion: 1.1,
				position: [0, 0],
				parameters: { inputSource: 'passthrough' },
			},
		],
		connections: {},
		settings: {},
	},
] as unknown as Workflow[];

describe('tasks on hosts, in n8n', () => {
	let sshd: Awaited<ReturnType<typeof startSshd>>;
	let system: System;

	beforeAll(async () => {
		sshd = await startSshd();
		// The commands give writers some seconds.
		const sleep = join(sshd.commands, 'sleep');
		writeFileSync(sleep, '#!/bin/sh\nexec /bin/sleep 0.2\n', { mode: 0o755 });
		const { n8n: n8nPort } = await freePorts('n8n');
		system = await startSystem({
			workflowsDir: null,
			sandbox: false,
			n8nPort,
			extraWorkflows: [...workflows, pagesOf(`http://127.0.0.1:${n8nPort}`), messagesOfAllTime()],
			extraCredentials: [
				{
					id: 'clawbotHost',
					name: 'ClawBot Host',
					type: 'sshPrivateKey',
					data: {
						host: '={{ $json.address }}',
						port: '={{ $json.port }}',
						username: '={{ $json.user }}',
						privateKey: sshd.credential.privateKey,
						passphrase: '',
					},
				},
			],
		});
	});
	afterAll(async () => {
		await system?.stop();
		await sshd?.stop();
	});

	async function post(path: string, body: object): Promise<string> {
		const response = await fetch(`${system.n8n.url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		const text = await response.text();
		if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
		return text;
	}

	it('does nothing but make its tables, and then archives what stands in them', async () => {
		const [logs, archives] = ['logs', 'archives'].map((name) => join(sshd.home, name));
		for (const place of [logs!, archives!]) mkdirSync(place);
		const log = join(logs!, 'app.log');
		writeFileSync(log, 'one\ntwo\n');

		expect(await post('clawbotArchive1', {})).not.toContain('text');
		expect(readdirSync(logs!)).toEqual(['app.log']);

		const { host: address, port, username: user } = sshd.credential;
		await addRows(system, 'clawbot_hosts', [
			{ name: 'web-1', address, port, user, role: 'web', order: 1, enabled: true, note: '' },
			{ name: 'away', address, port: 1, user, role: 'web', order: 2, enabled: true, note: '' },
		]);
		const rows = ['away', 'web-1'].map((host) => ({
			host,
			path: log,
			reopen: 'none',
			folder: archives,
			keepDays: 30,
			reserveMb: 1,
			enabled: true,
			note: '',
		}));
		await addRows(system, 'clawbot_logs', rows);
		const [notice] = JSON.parse(await post('clawbotArchive1', {})) as Array<{ text: string }>;
		expect(notice!.text).toContain('1 完成 done, 1 失败 failed, 0 未做 not begun');
		expect(notice!.text).toMatch(/❌ away .*nothing was done there.*\n.*ECONNREFUSED/);
		expect(notice!.text).toContain(`✅ web-1 ${log}`);
		const [archive] = readdirSync(archives!).filter((name) => name.endsWith('.gz'));
		expect(gunzipSync(readFileSync(join(archives!, archive!))).toString()).toBe('one\ntwo\n');
	});

	it('archives messages that n8n has kept, over several pages', async () => {
		const folder = join(sshd.home, 'messages');
		mkdirSync(folder);
		const texts = Array.from({ length: 25 }, (_, index) => `你好 ${index} $(id) '"`);
		for (const [index, text] of texts.entries()) await post('answer', { id: `m${index}`, text });
		const { host: address, port, username: user } = sshd.credential;
		await addRows(system, 'clawbot_hosts', [{ name: 'archive', address, port, user, role: '' }]);
		const row = { host: 'archive', path: 'messages', folder, reserveMb: 1, enabled: true };
		await addRows(system, 'clawbot_logs', [row]);
		const [notice] = JSON.parse(await post('clawbotArchive2', {})) as Array<{ text: string }>;
		expect(notice!.text).toContain('25 messages');
		const [archive] = readdirSync(folder);
		const lines = gunzipSync(readFileSync(join(folder, archive!)))
			.toString()
			.split('\n');
		const kept = lines.slice(0, -1).map((line) => JSON.parse(line) as { text: string });
		expect(kept.map(({ text }) => text).sort()).toEqual([...texts].sort());
		expect(kept[0]).toMatchObject({ platform: 'feishu', answer: '收到' });
	});
});
