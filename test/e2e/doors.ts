import { throughDoor } from '../../scripts/workflows/door';

export { door } from '../../scripts/workflows/door';

/** Hands items to a workflow through its door, and returns what comes back. */
export async function through<T>(
	n8nUrl: string,
	workflowId: string,
	items: object[],
): Promise<T[]> {
	const response = await throughDoor(n8nUrl, workflowId, items);
	if (!response.ok) throw new Error(`${workflowId}: ${response.status} ${await response.text()}`);
	// n8n answers with one empty item where nothing came back.
	return ((await response.json()) as T[]).filter((item) => Object.keys(item as object).length > 0);
}
