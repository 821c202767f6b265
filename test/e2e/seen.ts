import type { System, World } from './bot';

/* What operators find: messages in their groups and on their phones, rows in n8n's Data Tables. */

export interface Message {
	/** Of the sandbox: `dingtalk`, `sms` … */
	service: string;
	text: string;
}

/** Messages that hold some words and that a platform took, oldest first. */
export async function seen(world: World, words: string): Promise<Message[]> {
	const { entries } = await world.control<{
		entries: Array<Partial<Message> & { service: string; refused?: string }>;
	}>('GET', 'ledger?direction=in&since=0');
	return entries.flatMap(({ service, text, refused }) =>
		!refused && service !== 'model' && text?.includes(words) ? [{ service, text }] : [],
	);
}

async function tableOf({ n8n }: System, name: string): Promise<{ id: string } | undefined> {
	const filter = encodeURIComponent(JSON.stringify({ name }));
	return (await n8n.api.call('GET', `/data-tables?filter=${filter}`)).data[0];
}

/** The first 250 rows of a table; none where nobody has made it yet. */
export async function rowsOf<T>(system: System, name: string): Promise<T[]> {
	const table = await tableOf(system, name);
	if (!table) return [];
	return (await system.n8n.api.call('GET', `/data-tables/${table.id}/rows?limit=250`)).data;
}

export async function addRows(system: System, name: string, rows: object[]): Promise<void> {
	const table = await tableOf(system, name);
	await system.n8n.api.call('POST', `/data-tables/${table!.id}/rows`, { data: rows });
}
