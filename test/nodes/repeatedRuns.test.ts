import type { IDataObject } from 'n8n-workflow';
import { bodyOf, useAnswering } from './answeringCase';

const { control, asked, run, seenBy, calls } = useAnswering();

describe('A repeated run', () => {
	const uuids = async (): Promise<unknown[]> =>
		(await control.get('/ledger?platform=feishu&direction=in&kind=reply')).entries.map(
			(entry: IDataObject) => bodyOf(entry).uuid,
		);

	it('of AI Reply is the same answer to the platform, whatever the model says then', async () => {
		const items = [await asked('feishu', 'again')];
		// Manual runs remember nothing, like a process that has just started.
		await run('aiReply', { format: 'text' }, { items, mode: 'manual' });
		await control.put('/model', { rules: [{ contains: 'again', answer: 'Other words' }] });
		// As n8n tries the node again: the execution is the same.
		await run('aiReply', { format: 'text' }, { items, mode: 'manual' });
		expect(await calls('chat')).toHaveLength(2);
		expect(new Set(await uuids()).size).toBe(1);
		expect(await seenBy(items[0]!.messageId)).toHaveLength(1);
	});

	it.each([
		['aiReply', { format: 'text' }],
		['botReply', { format: 'text', text: 'one' }],
		['feishu', { resource: 'message', operation: 'reply', format: 'text', text: 'one' }],
	])('by hand, with pinned data, is shown each time: %s', async (type, parameters) => {
		const items = [await asked('feishu', 'again')];
		for (const executionId of ['8', '9']) {
			await run(type, parameters, { items, mode: 'manual', executionId });
		}
		expect(await seenBy(items[0]!.messageId)).toHaveLength(2);
	});

	it('of Bot Reply with another text is another answer (control)', async () => {
		const items = [await asked('feishu', 'again')];
		await run('botReply', { format: 'text', text: 'one' }, { items });
		await run('botReply', { format: 'text', text: 'two' }, { items });
		expect(new Set(await uuids()).size).toBe(2);
	});
});
