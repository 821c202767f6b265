import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { paths } from '../../scripts/machine/paths';
import type { Workflow } from '../../scripts/workflows/workflows';
import type { DeliveryRow } from '../../core/delivery/delivery';
import { door, through } from './doors';

/*
 * The store sub-workflows, called as the bundled workflows call them: through a workflow of the test with a
 * webhook before it.
 */

const CALLED = {
	save: 'clawbotSave0001',
	due: 'clawbotDue00001',
	find: 'clawbotFind0001',
	purge: 'clawbotPurge001',
	/** The save without its condition: a negative control. */
	careless: 'testCareless0001',
	/** No store: sends, and returns the rows that came of it. */
	deliver: 'clawbotDeliver1',
};
export type Operation = keyof typeof CALLED;

/** Where `callStore` comes in. */
export const probe = (operation: Operation): Workflow => door(CALLED[operation]);

/** The save workflow of Postgres, in which whoever comes writes. */
export function carelessSave(): Workflow {
	const file = join(paths.workflows, 'postgres', 'store-save.json');
	const text = readFileSync(file, 'utf8').replaceAll('clawbotSave0001', CALLED.careless);
	const workflow = JSON.parse(text) as Workflow;
	const write = workflow.nodes.find(({ name }) => name === 'Write them')!;
	const query = write.parameters.query as string;
	write.parameters.query = query.replace(/ {2}WHERE stored\.version[\s\S]*?(?= {2}RETURNING)/, '');
	if (write.parameters.query === query) throw new Error('The condition is not where it was.');
	return workflow;
}

/** The items that the store returns. */
export const callStore = async (
	n8nUrl: string,
	operation: Operation,
	items: object[],
): Promise<DeliveryRow[]> => await through<DeliveryRow>(n8nUrl, CALLED[operation], items);

let made = 0;

/** A delivery that waits and is due, unlike any other. */
export function row(fields: Partial<DeliveryRow> = {}): DeliveryRow {
	const now = Date.now();
	return {
		key: `test:${++made}:${now}`,
		version: 1,
		kind: 'answer',
		status: 'waiting',
		priority: 1,
		platform: 'dingtalk',
		bot: 'app',
		conversation: `conversation ${made}`,
		dueAt: now - 5000,
		claim: '',
		attempts: 1,
		deadlineAt: now + 600_000,
		class: 'temporary',
		code: '500',
		fingerprint: 'f',
		reason: 'It’s “away”; DROP TABLE clawbot_deliveries; $1 {{ 1 }} \\ \' "',
		payload: JSON.stringify({ unsent: { content: { text: '你好 😀 \u0000 \ud83d' } } }),
		history: '[]',
		audit: '[]',
		workflowId: 'w',
		executionId: '1',
		announced: '',
		createdAtMs: now,
		settledAtMs: 0,
		...fields,
	};
}
