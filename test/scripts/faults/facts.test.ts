import { createFacts, factsOf } from '../../../scripts/faults/facts';

const incoming = (more: object) => ({
	seq: 1,
	at: '2026-01-01T00:00:00.000Z',
	ms: 5,
	service: 'dingtalk',
	direction: 'in',
	kind: 'reply',
	path: '/dingtalk/oapi/robot/sendBySession',
	status: 200,
	...more,
});

describe('what an entry of the ledger tells', () => {
	it('is an answer where people see a text, also when the bot was told that it failed', () => {
		const entry = incoming({ messageId: 'a', text: 'about Q000001', refused: 'fault: cut' });
		expect(factsOf(entry).answer).toMatchObject({ id: 'a', marks: ['Q000001'] });
		expect(factsOf(incoming({ refused: 'fault: cut' })).answer).toBeUndefined();
	});

	it('is an answer where the acknowledgement holds one', () => {
		const entry = incoming({ direction: 'out', kind: 'delivery', messageId: 'm', text: 'Q000001' });
		expect(factsOf(entry)).toMatchObject({
			delivery: { id: 'm', acknowledged: true },
			answer: { marks: ['Q000001'], hasKey: false },
		});
	});

	it('is no acknowledgement where n8n’s start page gave it', () => {
		const entry = (body: string) =>
			incoming({ direction: 'out', kind: 'delivery', messageId: 'm', response: { body } });
		expect(factsOf(entry('n8n is starting up. Please wait'))).toMatchObject({
			delivery: { acknowledged: false, toStartPage: true },
		});
		expect(factsOf(entry('{}')).delivery).toMatchObject({ acknowledged: true });
	});

	it('is that the platform hears no more of what it has written, on WeCom’s connection alone', () => {
		const entry = (more: object) =>
			incoming({ direction: 'out', kind: 'delivery', messageId: 'm', by: 'stream', ...more });
		expect(factsOf(entry({ service: 'wecom' })).delivery).toMatchObject({ unconfirmed: true });
		for (const more of [{ service: 'feishu' }, { service: 'wecom', by: undefined }])
			expect(factsOf(entry(more)).delivery).not.toHaveProperty('unconfirmed');
	});

	it('is that the platform has given a message up', () => {
		const entry = (note?: string) =>
			incoming({ direction: 'out', kind: 'delivery', refused: 'nobody is there', note });
		expect(factsOf(entry('forgotten')).delivery).toMatchObject({ forgotten: true });
		expect(factsOf(entry()).delivery).not.toHaveProperty('forgotten');
	});

	it.each([
		[{ kind: 'connect', status: 101 }, 1],
		[{ kind: 'disconnect', status: 0 }, -1],
		[{ kind: 'connect', status: 401 }, undefined],
		[{ kind: 'ping' }, undefined],
		[{ kind: 'disconnect', direction: 'out' }, undefined],
	])('is a connection that comes or goes: %j', (more, change) => {
		expect(factsOf(incoming({ by: 'stream', ...more })).link?.change).toBe(change);
	});

	it('is an answer without a key where WeCom’s connection says it as if to nobody', () => {
		const entry = (cmd: string) =>
			incoming({ by: 'stream', text: 'Q000001', request: { body: JSON.stringify({ cmd }) } });
		expect(factsOf(entry('aibot_send_msg')).answer).toMatchObject({ hasKey: false });
		expect(factsOf(entry('aibot_respond_msg')).answer).toMatchObject({ hasKey: true });
	});

	it('is no answer where a key kept it from being seen twice', () => {
		expect(
			factsOf(incoming({ messageId: 'a', note: 'duplicate msgUuid: not shown again' })),
		).toEqual({ repeat: { at: expect.any(Number), path: '/dingtalk/oapi/robot/sendBySession' } });
	});

	it.each([
		[{ text: 'x' }, 'sent'],
		[{ refused: '130101 send too fast' }, 'limited'],
		[{ refused: '300005 token is not exist' }, 'refused'],
		[{ refused: 'fault: hang' }, 'failed'],
	])('is a call of a group robot: %j is %s', (more, outcome) => {
		const entry = incoming({ path: '/dingtalk/oapi/robot/send', kind: 'send', ...more });
		expect(factsOf(entry).robotCall).toMatchObject({ platform: 'dingtalk', outcome });
	});

	it('is what the model was asked last', () => {
		const messages = [
			{ role: 'user', content: 'Q000001' },
			{ role: 'assistant', content: 'Answer to: Q000001' },
			{ role: 'user', content: 'Q000002\n\nQ000003' },
		];
		const request = { body: JSON.stringify({ messages }) };
		const entry = incoming({ service: 'model', kind: 'chat', request });
		expect(factsOf(entry).call).toMatchObject({ ok: true, marks: ['Q000002', 'Q000003'] });
	});
});

it('an answer that is edited stays one answer, with its last text', () => {
	const facts = createFacts();
	facts.take(incoming({ messageId: 'a', text: 'thinking …' }));
	facts.take(incoming({ messageId: 'a', kind: 'edit', text: 'about Q000001' }));
	expect(facts.answers).toMatchObject([{ id: 'a', marks: ['Q000001'] }]);
});
