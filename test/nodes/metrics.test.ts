import type { IDataObject } from 'n8n-workflow';
import { logged, runWorkflow, type TestNode } from '../harness';
import { hostPage } from '../core/metrics/pages';
import { until } from '../sandbox/helpers';
import { startServer, type TestServer } from './server';

let server: TestServer;
beforeEach(async () => (server = await startServer(() => ({}))));
afterEach(async () => await server.close());

/** The rows, and the nodes as the bundled workflow has them. */
const workflow = (): TestNode[] => [
	{
		type: 'n8n-nodes-base.set',
		name: 'Read the sources',
		parameters: { includeOtherFields: true },
	},
	{
		type: 'metrics',
		name: 'Read the pages',
		onError: 'continueRegularOutput',
		parameters: { operation: 'read' },
	},
	{
		type: 'metrics',
		parameters: { operation: 'collect', source: "={{ $('Read the sources').item.json }}" },
	},
];

/** The ten seconds that a page may take. */
const soon = (ms: number): void => {
	const timeout = AbortSignal.timeout.bind(AbortSignal);
	jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(ms));
};
afterEach(() => {
	jest.restoreAllMocks();
});

async function read(
	rows: IDataObject[],
): Promise<{ states: IDataObject[]; samples: IDataObject[] }> {
	const { outputs, error } = await runWorkflow(workflow(), { items: rows });
	if (error) throw error;
	const [states, samples] = outputs['ClawBot Metrics']!.map((items) =>
		items.map(({ json }) => json),
	);
	return { states: states!, samples: samples! };
}

it('reads each source by itself: what is wrong with one becomes its sample', async () => {
	soon(3000);
	server.answer = ({ path }, response) => {
		if (path === '/hangs') return undefined;
		if (path === '/gone') return { status: 404, body: 'not here' };
		if (path === '/drips') {
			const timer = setInterval(() => response.write('# HELP a\n'), 50);
			response.once('close', () => clearInterval(timer));
			return undefined;
		}
		response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
		response.end(hostPage({}));
		return undefined;
	};
	const at = (path: string): string => `${server.origin}${path}`;
	const { states, samples } = await read([
		{ id: 1, name: 'good', kind: 'nodeExporter', url: at('/metrics') },
		{ id: 2, name: 'gone', kind: 'nodeExporter', url: at('/gone') },
		{ id: 3, name: 'hangs', kind: 'nodeExporter', url: at('/hangs') },
		{ id: 4, name: 'refuses', kind: 'nodeExporter', url: 'http://127.0.0.1:1/metrics' },
		{ id: 5, name: 'wrong', kind: 'prometheus', url: at('/metrics') },
		{ id: 6, name: 'no address', kind: 'n8n', url: 'nonsense' },
		{ id: 7, name: 'other kind', kind: 'n8n', url: at('/metrics') },
		{ id: 9, name: 'drips', kind: 'nodeExporter', url: at('/drips') },
		{ id: 8, name: 'last', kind: 'nodeExporter', url: at('/metrics') },
	]);
	const said = Object.fromEntries(
		samples.filter(({ metric }) => metric === 'up').map(({ source, error }) => [source, error]),
	);
	expect(said).toEqual({
		good: undefined,
		gone: expect.stringContaining('404'),
		hangs: expect.stringContaining('No whole answer within 10 s'),
		drips: expect.stringContaining('No whole answer within 10 s'),
		refuses: expect.stringMatching(/refused/i),
		wrong: expect.stringContaining('kind must be one of'),
		'no address': expect.stringContaining('url must be'),
		'other kind': expect.stringContaining('N8N_METRICS'),
		last: undefined,
	});
	expect(samples.filter(({ metric }) => metric === 'freeMemoryMb')).toHaveLength(2);
	expect(states.map(({ id }) => id)).toEqual([1, 8]);
});

it('logs a defect of ours with its stack, and measures the other sources', async () => {
	server.answer = () => ({ body: hostPage({}) });
	const canParse = URL.canParse.bind(URL);
	jest.spyOn(URL, 'canParse').mockImplementation((url) => {
		if (String(url).endsWith('/defect')) throw new TypeError('x is not a function');
		return canParse(url);
	});
	logged.length = 0;
	const { states, samples } = await read([
		{ id: 1, name: 'bad luck', kind: 'nodeExporter', url: `${server.origin}/defect` },
		{ id: 2, name: 'good', kind: 'nodeExporter', url: `${server.origin}/metrics` },
	]);
	const up = samples.filter(({ metric }) => metric === 'up');
	expect(up).toMatchObject([
		{ source: 'bad luck', value: null, error: 'TypeError: x is not a function', defect: true },
		{ source: 'good', value: 1 },
	]);
	expect(up[1]).not.toHaveProperty('defect');
	expect(states.map(({ id }) => id)).toEqual([2]);
	expect(logged).toEqual([
		expect.stringMatching(/^error ClawBot Metrics: .*bad luck.*source\.ts:\d/su),
	]);
});

it('takes no more than 8 MB', async () => {
	let ended = false;
	server.answer = (_asked, response) => {
		response.once('close', () => (ended = true));
		response.write('# HELP a\n'.repeat(1_000_000));
		return undefined;
	};
	const { samples } = await read([{ name: 'floods', kind: 'nodeExporter', url: server.origin }]);
	expect(samples).toMatchObject([{ value: 0, error: expect.stringContaining('larger than 8 MB') }]);
	await until(() => ended);
});

it('compares with what it remembers', async () => {
	const state = JSON.stringify([{ at: Date.now() - 60_000, cpuIdle: 100, cpuTotal: 200 }]);
	server.answer = () => ({ body: hostPage({ idle: 130, busy: 130 }) });
	const row = { id: 1, name: 'web', kind: 'nodeExporter', url: server.origin, state };
	const { samples, states } = await read([row]);
	expect(samples.find(({ metric }) => metric === 'cpuPercent')).toMatchObject({ value: 50 });
	expect(JSON.parse(states[0]!.state as string)).toHaveLength(2);
});

it('judges heartbeats', async () => {
	const now = Date.now();
	const rows = [
		{ name: 'bot', sentAtMs: now - 1000, answeredAtMs: now - 500, answerMs: 500 },
		{ name: 'not sent yet' },
	];
	const node = { type: 'metrics', parameters: { operation: 'heartbeats' } };
	const { outputs } = await runWorkflow([node], { items: rows });
	expect(outputs['ClawBot Metrics']![0]!.map(({ json }) => json)).toMatchObject([
		{ target: 'bot', metric: 'syntheticMs', value: 500 },
		{ target: 'bot', metric: 'up', value: 1 },
	]);
});
