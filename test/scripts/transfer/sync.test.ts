import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredWorkflow, WorkflowBody } from '../../../scripts/system/api';
import type { Credential, OwnCredential } from '../../../scripts/system/credentials';
import { openStore } from '../../../scripts/system/store';
import { importNewWorkflows, syncCredentials, syncWorkflows } from '../../../scripts/transfer/sync';
import { dependencies } from '../../../scripts/workflows/workflows';
import { goodWorkflow, smallWorkflow } from '../fixtures';
import type { Workflow } from '../../../scripts/workflows/workflows';

let folder: string;
let n8n: ReturnType<typeof fakeN8n>;
let store: ReturnType<typeof openStore>;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'clawbot-sync-'));
	n8n = fakeN8n();
	store = openStore(join(folder, 'data'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the sync needs of an n8n, in memory; it counts what is imported. */
function fakeN8n() {
	const workflows = new Map<string, StoredWorkflow>();
	const credentials = new Map<string, Credential>();
	const imported: string[] = [];
	/** As n8n does, whose published workflows call published ones only. */
	const refuseUnpublished = (workflow: Workflow): void => {
		for (const id of dependencies(workflow)) {
			if (workflows.get(id)?.active === false) throw new Error(`${id} is not published`);
		}
	};
	return {
		folder,
		workflows,
		credentials,
		imported,
		importWorkflows: async (list: Workflow[]) => {
			for (const workflow of list)
				workflows.set(workflow.id, { ...structuredClone(workflow), active: false });
			imported.push(...list.map(({ id }) => id));
		},
		importCredentials: async (list: Credential[]) => {
			for (const credential of list) credentials.set(credential.id, structuredClone(credential));
			imported.push(...list.map(({ id }) => id));
		},
		cli: async (args: string[]) => {
			const file = args.find((arg) => arg.startsWith('--output='))!.slice('--output='.length);
			writeFileSync(file, JSON.stringify([...credentials.values()]));
			return '';
		},
		publish: async (list: Workflow[]) => {
			for (const { id } of list) {
				refuseUnpublished(workflows.get(id)!);
				workflows.get(id)!.active = true;
			}
		},
		api: {
			workflows: async () => [...workflows.values()],
			workflow: async (id: string) => workflows.get(id)!,
			update: async (id: string, body: WorkflowBody) => {
				const updated = { ...workflows.get(id)!, ...structuredClone(body) };
				if (updated.active) refuseUnpublished(updated);
				workflows.set(id, updated);
				return updated;
			},
		},
	};
}

/** One start: what was said, and whether anything was imported or published. */
async function startWith(bundled: Workflow[]) {
	n8n.imported.length = 0;
	const added = await importNewWorkflows(n8n, store, bundled);
	const { remarks, published } = await syncWorkflows(n8n, store, bundled);
	return { added, published, remarks };
}

const bundle = (): Workflow[] => [goodWorkflow(), smallWorkflow('clawbotTestSub01', 'Sub')];
const main = () => n8n.workflows.get('clawbotTestMain1')!;

function withNewVersion() {
	const workflows = bundle();
	workflows[0]!.nodes[0]!.parameters.content = '## Version 2';
	return workflows;
}

describe('workflows', () => {
	it('are imported and published the first time, and left alone the second', async () => {
		expect(await startWith(bundle())).toEqual({ added: 2, published: 2, remarks: [] });
		expect(await startWith(bundle())).toEqual({ added: 0, published: 0, remarks: [] });
	});

	it('keep a person’s changes', async () => {
		await startWith(bundle());
		main().name = 'Mine';
		expect((await startWith(bundle())).remarks).toEqual([]);
		expect(main().name).toBe('Mine');
	});

	it('stay unpublished when a person unpublished them', async () => {
		await startWith(bundle());
		main().active = false;
		expect((await startWith(bundle())).published).toBe(0);
		expect(main().active).toBe(false);
	});

	it('are published after a first start that broke off before that', async () => {
		await importNewWorkflows(n8n, store, bundle());
		expect(await startWith(bundle())).toMatchObject({ added: 0, published: 2 });
	});

	it('take a new bundled version when nobody changed them, and keep the chosen credentials', async () => {
		await startWith(bundle());
		const chosen = { httpBasicAuth: { id: 'abc', name: 'Mine' } };
		const request = (workflow: Workflow) =>
			workflow.nodes.find(({ name }) => name === 'Ask the service')!;
		request(main()).credentials = chosen;
		const newer = withNewVersion();
		request(newer[0]!).credentials = { httpBasicAuth: { id: null, name: 'Login' } };
		expect((await startWith(newer)).remarks).toEqual([
			'Test: main: updated to the bundled version',
		]);
		expect(JSON.stringify(main().nodes)).toContain('Version 2');
		expect(request(main()).credentials).toEqual(chosen);
		expect((await startWith(newer)).remarks).toEqual([]);
	});

	it('keep a person’s version when both changed, and say so', async () => {
		await startWith(bundle());
		main().name = 'Mine';
		expect((await startWith(withNewVersion())).remarks).toEqual([
			'Test: main: changed here and in the editor; yours is kept',
		]);
		expect(main().name).toBe('Mine');
		expect(JSON.stringify(main().nodes)).not.toContain('Version 2');
	});

	it('stay deleted when a person deleted them, and say so', async () => {
		await startWith(bundle());
		n8n.workflows.delete('clawbotTestMain1');
		expect((await startWith(bundle())).remarks).toEqual([
			expect.stringContaining('deleted in the editor'),
		]);
		expect(n8n.workflows.has('clawbotTestMain1')).toBe(false);
	});

	it('that a newer bundle adds are imported beside the others', async () => {
		await startWith(bundle());
		const larger = [...bundle(), smallWorkflow('added', 'Added')];
		expect(await startWith(larger)).toMatchObject({ added: 1, published: 1 });
		expect(n8n.imported).toEqual(['added']);
	});

	it('that a newer bundle adds are published before those that call them now', async () => {
		await startWith([smallWorkflow('caller', 'Caller')]);
		const newer = [
			smallWorkflow('caller', 'Caller', ['added']),
			smallWorkflow('added', 'Added', ['deeper']),
			smallWorkflow('deeper', 'Deeper'),
		];
		expect(await startWith(newer)).toEqual({
			added: 2,
			published: 2,
			remarks: ['Caller: updated to the bundled version'],
		});
	});
});

describe('credentials', () => {
	const credential = (apiKey: string, real = false): OwnCredential => ({
		id: 'clawbot-clawBotModelApi',
		name: 'ClawBot Model',
		type: 'clawBotModelApi',
		data: { apiKey },
		real,
	});
	const stored = () => n8n.credentials.get('clawbot-clawBotModelApi');
	const sync = async (entry: OwnCredential) => {
		n8n.imported.length = 0;
		return await syncCredentials(n8n, store, [entry]);
	};

	it('are imported once, without what is only for this script', async () => {
		expect(await sync(credential('one'))).toEqual([]);
		expect(stored()).not.toHaveProperty('real');
		expect(await sync(credential('one'))).toEqual([]);
		expect(n8n.imported).toEqual([]);
	});

	it('keep what a person entered in the editor', async () => {
		await sync(credential('one'));
		stored()!.data.apiKey = 'entered';
		await sync(credential('one'));
		expect(stored()!.data.apiKey).toBe('entered');
	});

	it('follow their source when nobody changed them', async () => {
		await sync(credential('one'));
		expect(await sync(credential('two'))).toEqual(['ClawBot Model: updated']);
		expect(stored()!.data.apiKey).toBe('two');
	});

	it('keep a person’s entry when only the sandbox changed, and say so', async () => {
		await sync(credential('one'));
		stored()!.data.apiKey = 'entered';
		expect(await sync(credential('two'))).toEqual([
			'ClawBot Model: changed in the editor, kept so',
		]);
		expect(stored()!.data.apiKey).toBe('entered');
	});

	it('follow .env even then, and say so', async () => {
		await sync(credential('one'));
		stored()!.data.apiKey = 'entered';
		expect(await sync(credential('real', true))).toEqual([
			expect.stringContaining('.env replaces'),
		]);
		expect(stored()!.data.apiKey).toBe('real');
	});

	it('stay deleted when a person deleted them', async () => {
		await sync(credential('one'));
		n8n.credentials.clear();
		expect(await sync(credential('two'))).toEqual([
			'ClawBot Model: deleted in the editor, kept so',
		]);
		expect(n8n.credentials.size).toBe(0);
	});
});
