import type { INodeExecutionData, ITriggerFunctions } from 'n8n-workflow';
import { begin, startBy } from '../../../../nodes/shared/receive/emission';

/* An execution that n8n could not even begin to start. */

const trigger = {
	workflowId: 'w-emission',
	nodeId: 'n',
	note: {} as { clawbotSeen?: unknown },
	settings: { together: false } as never,
};
const item = (messageId: string): INodeExecutionData => ({
	json: { messageId, conversationId: 'c' },
});

/** Starts an execution by an `emit` that does this; the items it was called with, and whether they were marked. */
async function startWith(emit: (items: INodeExecutionData[]) => void) {
	let emitted: INodeExecutionData[] = [];
	const markStored = jest.fn();
	const ctx = {
		emit([items]: [INodeExecutionData[]]) {
			emitted = items;
			emit(items);
		},
		helpers: { createDeferredPromise: () => ({ promise: new Promise(() => undefined) }) },
	} as unknown as ITriggerFunctions;
	const started = startBy(ctx, trigger)([item('a')], markStored);
	await started.catch(() => undefined);
	return { started, emitted, markStored };
}

it('leaves nothing behind where `emit` throws: what begins later with its key is another process’s', async () => {
	const { started, emitted, markStored } = await startWith(() => {
		throw new Error('no');
	});
	await expect(started).rejects.toThrow('no');
	expect(begin(emitted, trigger)).toEqual([item('a')]);
	expect(markStored).not.toHaveBeenCalled();
	expect(trigger.note.clawbotSeen).toBeDefined();
});

it('is marked where `emit` begins it (control)', async () => {
	const { started, markStored } = await startWith((items) => void begin(items, trigger));
	await expect(started).resolves.toBeUndefined();
	expect(markStored).toHaveBeenCalledWith(trigger.note);
});
