import type { IDataObject, INode } from 'n8n-workflow';
import { row } from '../core/deadLetters/rows';
import { startServer, type TestServer } from '../nodes/server';
import { readBundled, runBundled } from './bundled';

const iso = (ms: number): string => new Date(ms).toISOString();

/** n8n's public API with these executions: the ids that are slow, and their data. */
function apiOf(executions: IDataObject[], asked: string[]) {
	return async ({ path, query }: { path: string; query: URLSearchParams }) => {
		asked.push(`${path}?${query.toString()}`);
		const { pathname } = new URL(path, 'http://n8n');
		const id = /\/executions\/(\w+)$/.exec(pathname)?.[1];
		if (id) {
			const found = executions.find((each) => each.id === id);
			return found ? { body: found } : { status: 404, body: { message: 'Not Found' } };
		}
		const from = Number(query.get('cursor') ?? 0);
		const page = executions
			.slice(from, from + 2)
			.map(({ id: each, startedAt, stoppedAt }) => ({ id: each, startedAt, stoppedAt }));
		const nextCursor = from + 2 < executions.length ? String(from + 2) : null;
		return { body: { data: page, nextCursor } };
	};
}

/** An execution that answered one message, whose model took `modelMs`. */
function execution(id: string, modelMs: number, endedAt: number): IDataObject {
	const receivedAt = endedAt - modelMs - 300;
	const json = {
		messageId: `m${id}`,
		platform: 'feishu',
		text: '内部机密',
		sentAt: iso(receivedAt),
		receivedAt: iso(receivedAt),
		answer: { text: '答案', at: iso(endedAt - 200), tookMs: modelMs },
		delivery: { platform: 'feishu', at: iso(endedAt), messageIds: [] },
	};
	return {
		id,
		workflowId: 'w1',
		startedAt: iso(receivedAt),
		stoppedAt: iso(endedAt),
		data: {
			resultData: {
				runData: { Answer: [{ startTime: receivedAt, data: { main: [[{ json }]] } }] },
			},
		},
	};
}

describe('explain-slow-pushes', () => {
	let server: TestServer | undefined;
	afterEach(async () => {
		await server?.close();
		server = undefined;
	});

	async function explain(executions: IDataObject[], rows: IDataObject[] = [], status = 200) {
		const asked: string[] = [];
		const api = apiOf(executions, asked);
		server = await startServer(async (request) =>
			status === 200 ? await api(request) : { status, body: { message: 'Unauthorized' } },
		);
		const { origin } = server;
		const workflow = readBundled('explain-slow-pushes.json');
		const http = workflow.nodes.filter(({ type }) => type.endsWith('.httpRequest')) as INode[];
		expect(http).toHaveLength(2);
		for (const node of http) {
			// Only n8n itself can put the key of a credential into a request.
			delete node.parameters.authentication;
			delete node.parameters.nodeCredentialType;
		}
		http[0]!.parameters.url = `${origin}/api/v1/executions`;
		const told: IDataObject[] = [];
		const finds: IDataObject[] = [];
		const now = Date.now();
		const { error } = await runBundled(workflow, 'Every morning at 9:05', [{}], {
			called: {
				clawbotAskTime1: () => [
					{
						platform: 'feishu',
						source: '飞书',
						before: now - 80,
						after: now,
						date: new Date(now).toUTCString(),
					},
				],
				clawbotFind0001: (items) => (finds.push(...items), rows.length > 0 ? rows : [{}]),
				clawbotNotifyOps: (items) => (told.push(...items), items),
			},
		});
		if (error) throw error;
		return { told, asked, finds };
	}

	it('reads the slow executions alone, through all pages, and says where the time went', async () => {
		const now = Date.now();
		const { told, asked, finds } = await explain([
			execution('1', 100, now),
			execution('2', 9000, now - 1000),
			execution('3', 100, now - 2000),
			execution('4', 4000, now - 3000),
			execution('5', 9000, now - 86_400_000 - 60_000),
		]);
		expect(finds).toEqual([{ status: 'delivered', announced: '%' }]);
		const paths = asked.map((address) => address.replace(/^\/api\/v1/, ''));
		expect(paths.filter((path) => path.startsWith('/executions?'))).toHaveLength(3);
		expect(paths[0]).toContain('workflowId=clawbotAnswer001');
		expect(paths.filter((path) => path.startsWith('/executions/')).sort()).toEqual([
			'/executions/2?includeData=true',
			'/executions/4?includeData=true',
		]);
		expect(told).toHaveLength(1);
		const { text } = told[0] as { text: string };
		expect(text).toContain('in the last 24 hours: 2\n');
		expect(text).toContain('2 / 4 慢');
		expect(text).toContain('模型 model: 9');
		expect(text).toContain('/workflow/w1/executions/2');
		expect(text).not.toMatch(/机密|答案/);
	});

	it('tells of notifications that a rate limit held back', async () => {
		const createdAtMs = Date.now() - 60_000;
		const attempts = [
			{ at: iso(createdAtMs + 200), class: 'rateLimited', code: '', message: '' },
			{ at: iso(createdAtMs + 50_000), class: 'delivered', code: '', message: '' },
		];
		const held = row({
			status: 'delivered',
			createdAtMs,
			settledAtMs: createdAtMs + 50_000,
			history: JSON.stringify(attempts),
		});
		const old = { ...held, key: 'old', settledAtMs: Date.now() - 2 * 86_400_000 };
		const { told } = await explain([], [held, old] as unknown as IDataObject[]);
		expect(told).toMatchObject([{ text: expect.stringContaining('in the last 24 hours: 1\n') }]);
		expect(told[0]!.text).toContain('限流等待 rate limit: 100%');
	});

	it('is silent where nothing was slow', async () => {
		expect((await explain([execution('1', 100, Date.now())])).told).toEqual([]);
	});

	it('says so where n8n lets it read nothing', async () => {
		const { told } = await explain([], [], 401);
		expect(told).toMatchObject([{ text: expect.stringContaining('could not be listed') }]);
	});
});
