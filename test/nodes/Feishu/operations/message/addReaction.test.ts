import type { IDataObject, INodePropertyOptions } from 'n8n-workflow';
import { addReaction } from '../../../../../nodes/Feishu/operations/message/addReaction';
import { EMOJI_TYPES } from '../../../../../sandbox/feishu/emojis';
import { runWorkflow, type RunResult } from '../../../../harness';
import { useSandbox } from '../../../../sandbox/helpers';

const { sandbox, control } = useSandbox();

/** Runs the operation for each item. */
async function run(
	parameters: IDataObject,
	items: IDataObject[] = [{}],
	node: { onError?: 'continueErrorOutput' } = {},
): Promise<RunResult & { json: IDataObject[] }> {
	const { feishuAppApi } = sandbox.world.accounts;
	const type = { type: 'feishu', ...node };
	const chosen = { resource: 'message', operation: 'addReaction', ...parameters };
	const result = await runWorkflow([{ ...type, parameters: chosen }], {
		items,
		credentials: { feishuAppApi },
	});
	return { ...result, json: (result.outputs.Feishu?.[0] ?? []).map(({ json }) => json) };
}

/** A message that the platform keeps, as the trigger would give it. */
async function said(platform = 'feishu'): Promise<IDataObject & { messageId: string }> {
	const { messageId } = await control.post('/build', { platform: 'feishu', text: 'hi' });
	return { messageId, replyTo: { platform, messageId, conversationId: 'oc_1' } };
}

/** What was asked of the platform, in order. */
async function asked(): Promise<IDataObject[]> {
	const { entries } = await control.get('/ledger?platform=feishu&direction=in&kind=reaction');
	return entries;
}

/** The reactions that people see: the emoji type and the message. */
async function reactions(): Promise<object[]> {
	const taken = (await asked()).filter(({ refused }) => !refused);
	return taken.map(({ request, replyTo }) => ({
		...(JSON.parse(String((request as IDataObject).body)).reaction_type as object),
		replyTo,
	}));
}

it('reacts to the message that an item comes from, and keeps the item', async () => {
	const [first, second] = [await said(), await said()];
	const { json } = await run({ emoji: 'OnIt' }, [first, second]);
	expect(json).toMatchObject([
		{ ...first, reaction: { emojiType: 'OnIt', messageId: first.messageId } },
		{ ...second, reaction: { emojiType: 'OnIt', messageId: second.messageId } },
	]);
	expect((json[0]!.reaction as IDataObject).id).toMatch(/./);
	expect(await reactions()).toEqual(
		expect.arrayContaining([
			{ emoji_type: 'OnIt', replyTo: first.messageId },
			{ emoji_type: 'OnIt', replyTo: second.messageId },
		]),
	);
});

it('reacts to a message that is named, with any emoji that Feishu knows', async () => {
	const { messageId } = await said();
	await run({ messageId, emoji: 'other', emojiType: ' MUSCLE ' });
	expect(await reactions()).toEqual([{ emoji_type: 'MUSCLE', replyTo: messageId }]);
});

it('offers emojis that Feishu knows', () => {
	const emoji = addReaction.properties!.find(({ name }) => name === 'emoji')!;
	const values = (emoji.options as INodePropertyOptions[]).map(({ value }) => String(value));
	expect(values.filter((value) => value !== 'other' && !EMOJI_TYPES.has(value))).toEqual([]);
	expect(values.length).toBeGreaterThan(10);
});

it.each([
	['a message that is gone', { messageId: 'om_gone', emoji: 'OK' }, 'targetGone', '231003'],
	[
		'an emoji that Feishu does not know',
		{ emoji: 'other', emojiType: 'ok' },
		'badRequest',
		'231001',
	],
])('says what is wrong with %s', async (_, parameters, failureClass, code) => {
	const { error } = await run(parameters, [await said()]);
	expect(error).toMatchObject({ context: { failure: { class: failureClass, code } } });
});

it.each([
	['Emoji Type is empty', { emoji: 'other', emojiType: ' ' }, 'feishu'],
	['not from Feishu', { emoji: 'OK' }, 'dingtalk'],
])('fails without a request: %s', async (words, parameters, platform) => {
	const { error } = await run(parameters, [await said(platform)]);
	expect(error?.message).toContain(words);
	expect(await asked()).toEqual([]);
});

it('lets one item fail alone', async () => {
	const [good, lost] = [await said(), { messageId: 'm', replyTo: { platform: 'wecom' } }];
	const { outputs } = await run({ emoji: 'DONE' }, [lost, good], {
		onError: 'continueErrorOutput',
	});
	expect(outputs.Feishu!.map((items) => items.length)).toEqual([1, 1]);
	expect(await reactions()).toEqual([{ emoji_type: 'DONE', replyTo: good.messageId }]);
});

it('takes a new access token where the platform no longer knows the old one', async () => {
	const item = await said();
	await run({ emoji: 'OK' }, [item]);
	const before = (await asked()).length;
	sandbox.world.tokens.revoke();
	const { json } = await run({ emoji: 'DONE' }, [item]);
	expect(json).toMatchObject([{ reaction: { emojiType: 'DONE' } }]);
	const [refused, taken] = (await asked()).slice(before);
	expect(refused).toMatchObject({ refused: expect.stringContaining('99991663') });
	expect(taken).not.toHaveProperty('refused');
});
