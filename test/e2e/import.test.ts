import { readdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPage, startBrowser } from '../browser';
import { pack } from '../../scripts/machine/package';
import { run } from '../../scripts/machine/processes';
import { pullWorkflows } from '../../scripts/transfer/pull';
import { pushWorkflows } from '../../scripts/transfer/push';
import { apiBody } from '../../scripts/transfer/body';
import { startSystem } from '../../scripts/system/system';
import { atAddress } from '../../scripts/workflows/addresses';
import { workflowText } from '../../scripts/workflows/canonical';
import { readWorkflows, webhooks } from '../../scripts/workflows/workflows';
import { goodWorkflow, smallWorkflow } from '../scripts/fixtures';
import type { Workflow } from '../../scripts/workflows/workflows';
import { until } from './until';

// Workflows reach an n8n in three ways: n8n's command line, its public API, and the editor.

const folder = join(__dirname, '..', '..', 'workflows');
const bundled = readWorkflows(folder).map(({ workflow }) => workflow as Workflow);
let system: Awaited<ReturnType<typeof startSystem>>;

/** A main workflow that calls a sub-workflow and has an error workflow; every copy is a set of its own. */
function family(mark: string): Workflow[] {
	const sub = smallWorkflow('clawbotTestSub01', 'Test: sub');
	sub.nodes.push({
		id: 'sub-start',
		name: 'Called by main',
		type: 'n8n-nodes-base.executeWorkflowTrigger',
		typeVersion: 1.1,
		position: [0, 0],
		parameters: { inputSource: 'passthrough' },
	});
	const errors = smallWorkflow('clawbotTestErr01', 'Test: errors');
	errors.nodes.push({
		id: 'error-start',
		name: 'When a workflow fails',
		type: 'n8n-nodes-base.errorTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	});
	const main = goodWorkflow();
	const call = main.nodes.find(({ name }) => name === 'Keep the answer')!;
	main.connections = {
		'Receive a call': { main: [[{ node: call.name, type: 'main', index: 0 }]] },
	};
	main.nodes = main.nodes.filter(
		({ name }) => name !== 'Ask the service' && name !== 'Drop the failure',
	);
	// Ids, node ids, names and the webhook's path differ from copy to copy.
	const text = JSON.stringify([main, errors, sub]);
	return JSON.parse(
		text
			.replaceAll('clawbotTest', mark)
			.replaceAll('10000000', mark)
			.replaceAll('clawbot-test', mark)
			.replaceAll('Test:', `${mark}:`),
	) as Workflow[];
}

async function storedMain(mark: string): Promise<Workflow & { active: boolean }> {
	const all = (await system.n8n.api.workflows()) as Array<Workflow & { active: boolean }>;
	return all.find(({ name }) => name === `${mark}: main`)!;
}

const called = (workflow: Workflow) =>
	(
		workflow.nodes.find(({ name }) => name === 'Keep the answer')!.parameters.workflowId as {
			value: string;
		}
	).value;

/** Calls the main workflow's webhook and waits until its sub-workflow has run. */
async function runsThrough(mark: string, subId: string) {
	const call = async () =>
		(await fetch(`${system.n8n.url}/webhook/${mark}`, { method: 'POST' })).status;
	// n8n registers the webhook a moment after it has published the workflow.
	expect(await until('the webhook is there', call, (status) => status !== 404)).toBe(200);
	await until(
		`the sub-workflow ${subId} has run`,
		async () => await system.n8n.api.executions(`?workflowId=${subId}&status=success`),
		({ length }) => length > 0,
	);
}

beforeAll(async () => {
	system = await startSystem({ publish: false, workflowsDir: null, editor: true });
});
afterAll(async () => await system?.stop());

describe('the command line', () => {
	it('keeps ids and references, finds credentials by name, and all of them can be published', async () => {
		await system.n8n.importWorkflows([...family('shell'), ...bundled]);
		await system.n8n.publish([...family('shell'), ...bundled]);
		const main = await storedMain('shell');
		expect(main.id).toBe('shellMain1');
		expect(called(main)).toBe('shellSub01');
		expect(main.settings.errorWorkflow).toBe('shellErr01');
		for (const workflow of bundled) {
			const stored = (await system.n8n.api.workflow(workflow.id)) as Workflow;
			const used = stored.nodes.flatMap((node) => Object.entries(node.credentials ?? {}));
			expect(used.map(([type, { id }]) => [type, id])).toEqual(
				used.map(([type]) => [type, `clawbot-${type}`]),
			);
			expect(webhooks(stored).length).toBe(webhooks(workflow).length);
		}
		await runsThrough('shell', 'shellSub01');
	});
});

describe('the public API (workflows:push)', () => {
	const push = async (workflows: Workflow[], overwrite = false) =>
		await pushWorkflows(system.n8n.api, workflows, { version: '0.0.0', overwrite });
	const results = (rows: Array<{ result: string }>) => rows.map(({ result }) => result);

	it('knows the bundled workflows that the command line imported', async () => {
		expect(results(await push(bundled))).toEqual(bundled.map(() => 'unchanged'));
	});

	it('is what the command of the packed package does, without the repository', async () => {
		const unpacked = mkdtempSync(join(tmpdir(), 'clawbot-package-'));
		try {
			const { tarball } = await pack(join(unpacked, 'tarball'));
			await run('tar', ['-xzf', tarball, '-C', unpacked]);
			const command = join(unpacked, 'package', 'dist', 'command.mjs');
			const env = { ...process.env, N8N_API_KEY: system.n8n.apiKey };
			const { url } = system.n8n;
			const output = await run(process.execPath, [command, 'push', '--url', url], { env });
			// Those that call this n8n have its address, which is another than n8n's default one here.
			const moved = atAddress(bundled, url).filter(
				(workflow, index) => JSON.stringify(workflow) !== JSON.stringify(bundled[index]),
			).length;
			expect(moved).toBeGreaterThan(0);
			expect(output).toContain(
				`0 created, 0 updated, ${bundled.length - moved} unchanged, ${moved} kept`,
			);
		} finally {
			rmSync(unpacked, { recursive: true, force: true });
		}
	});

	it('creates what is not there, with references to the new ids, and it runs', async () => {
		const rows = await push(family('push'));
		expect(results(rows)).toEqual(['created', 'created', 'created']);
		const main = await storedMain('push');
		const idOf = (name: string) => rows.find((row) => row.name === name)!.id;
		expect(main.id).not.toBe('pushMain1');
		expect(called(main)).toBe(idOf('push: sub'));
		expect(main.settings.errorWorkflow).toBe(idOf('push: errors'));
		const active = async (id: string) =>
			((await system.n8n.api.workflow(id)) as { active: boolean }).active;
		// What only waits to be called is published; the rest is a person's decision.
		expect(await Promise.all(rows.map(async ({ id }) => await active(id)))).toEqual(
			rows.map(({ id }) => id !== main.id),
		);
		await system.n8n.api.activate(main.id);
		await runsThrough('push', idOf('push: sub'));
	});

	it('changes nothing when repeated', async () => {
		expect(results(await push(family('push')))).toEqual(['unchanged', 'unchanged', 'unchanged']);
	});

	it('updates what changed in the bundle, and it stays active', async () => {
		const workflows = family('push');
		workflows[0]!.nodes[0]!.parameters.content = '## Changed in the bundle';
		expect(results(await push(workflows)).sort()).toEqual(['unchanged', 'unchanged', 'updated']);
		const main = await storedMain('push');
		expect(main.active).toBe(true);
		expect(JSON.stringify(main.nodes)).toContain('Changed in the bundle');
	});

	it('keeps what a person changed there, unless told otherwise', async () => {
		const main = await storedMain('push');
		main.nodes.find(({ name }) => name === 'Receive a call')!.position = [-32, 0];
		await system.n8n.api.update(main.id, apiBody(main));
		expect(results(await push(family('push')))).toContain('kept');
		expect(
			(await storedMain('push')).nodes.find(({ name }) => name === 'Receive a call')!.position,
		).toEqual([-32, 0]);
		expect(results(await push(family('push'), true))).toContain('updated');
		expect(
			(await storedMain('push')).nodes.find(({ name }) => name === 'Receive a call')!.position,
		).toEqual([0, 0]);
	});

	it('comes back by workflows:pull as the same files, ids and references the bundle’s own', async () => {
		const target = mkdtempSync(join(tmpdir(), 'clawbot-pull-'));
		try {
			for (const workflow of [...family('push'), ...bundled]) {
				writeFileSync(join(target, `${workflow.id}.json`), workflowText(workflow));
			}
			const files = readdirSync(target).sort();
			expect(await pullWorkflows(system.n8n.api, target)).toEqual(
				files.map((file) => ({ file, result: 'unchanged' })),
			);
			const main = await storedMain('push');
			await system.n8n.api.update(main.id, apiBody({ ...main, name: 'Renamed there' }));
			expect(await pullWorkflows(system.n8n.api, target)).toContainEqual({
				file: 'pushMain1.json',
				result: 'written',
			});
			const pulled = JSON.parse(readFileSync(join(target, 'pushMain1.json'), 'utf8')) as Workflow;
			expect(pulled).toMatchObject({ id: 'pushMain1', name: 'Renamed there' });
			expect(called(pulled)).toBe('pushSub01');
		} finally {
			rmSync(target, { recursive: true, force: true });
		}
	});
});

describe('the editor', () => {
	/** The editor takes seconds for each: one for every way in which a bundled workflow starts. */
	const oneOfEachKind = [
		...new Map(
			bundled.map((workflow) => {
				const types = workflow.nodes.map(({ type }) => type);
				const triggers = types.filter((type) => /trigger|\.webhook$/i.test(type));
				return [[...new Set(triggers)].sort().join(), workflow];
			}),
		).values(),
	];

	it('takes a file by "Import from file"', async () => {
		const browser = await startBrowser();
		try {
			const page = await openPage(browser, { viewport: { width: 1400, height: 900 } });
			await page.goto(`${system.n8n.url}/signin`);
			await page.fill('input[type=email]', system.owner.email);
			await page.fill('input[type=password]', system.owner.password);
			await page.keyboard.press('Enter');
			await page.waitForURL((url) => !url.pathname.includes('signin'));
			for (const workflow of [family('editor')[2]!, ...oneOfEachKind]) {
				const name = `Imported by hand: ${workflow.name}`;
				await page.goto(`${system.n8n.url}/workflow/new`);
				await page.waitForSelector('[data-test-id="workflow-menu"]');
				await page.setInputFiles('[data-test-id="workflow-import-input"]', {
					name: 'workflow.json',
					mimeType: 'application/json',
					buffer: Buffer.from(workflowText({ ...workflow, name })),
				});
				const stored = await storedAs(name);
				expect(stored.nodes.map((node) => [node.name, node.type, node.typeVersion]).sort()).toEqual(
					workflow.nodes.map((node) => [node.name, node.type, node.typeVersion]).sort(),
				);
				const credentials = stored.nodes.flatMap((node) => Object.entries(node.credentials ?? {}));
				expect(credentials.map(([type, { id }]) => [type, id])).toEqual(
					credentials.map(([type]) => [type, `clawbot-${type}`]),
				);
			}
		} finally {
			await browser.close();
		}
	}, 600_000);

	/** The editor saves by itself, a moment after the import. */
	async function storedAs(name: string) {
		return await until(`the editor has stored "${name}"`, async () =>
			((await system.n8n.api.workflows()) as Workflow[]).find((each) => each.name === name),
		);
	}
});
