import { deliverByStream } from '../../../sandbox/stream/deliver';
import { useSandbox } from '../helpers';

// A bot may answer by the API before it acknowledges: that is one answer, not another one in its acknowledgement.

const { sandbox, control } = useSandbox();

/** What the ledger has of a delivery during which the bot says something. */
async function delivered(via: string) {
	const { world } = sandbox;
	const { messageId } = await control.post('/build', { platform: 'feishu', text: 'hi' });
	const message = world.messages.get(messageId)!;
	const deliver = async () => {
		const said = { messageId: 'om_1', text: 'hello', format: 'text', linked: 'exact' } as const;
		world.messages.answer(message, { ...said, via });
		return await Promise.resolve({ sent: '', status: 200, answer: '{}' });
	};
	const chosen = { connection: { path: '/ws' }, dialogue: { deliver } };
	jest.spyOn(world.connections, 'choose').mockReturnValueOnce(chosen as never);
	await deliverByStream(world, message, {});
	const { entries } = await control.get('/ledger?platform=feishu');
	return entries.at(-1);
}

test.each([
	['by the API', 'reply', undefined],
	['in the acknowledgement', 'passive', 'hello'],
])('An answer %s', async (_, via, text) => {
	const entry = await delivered(via);
	expect(entry).toMatchObject({ kind: 'delivery', by: 'stream', status: 200 });
	expect(entry.text).toBe(text);
});
