import type { IDataObject } from 'n8n-workflow';
import { Limits } from '../../../../core/delivery/limits';
import { useExecutions } from './executions';

const { control, model, says, run, waitFor, answersTo } = useExecutions();
const { asked, texts } = model;

describe('Executions of one conversation', () => {
	it('take turns: the second question is asked when the first is answered', async () => {
		const first = await says('one');
		const second = await says('two');
		const runs = [run([first])];
		const one = await asked(1);
		runs.push(run([second]));
		await waitFor(2);
		expect(texts()).toEqual(['one']);
		one.end();
		(await asked(2)).end();
		await Promise.all(runs);
		expect(await answersTo(first)).toEqual(['Answer to: one']);
		expect(await answersTo(second)).toEqual(['Answer to: two']);
	});

	it('do not wait for each other where they are of two conversations', async () => {
		const runs = [run([await says('one', 'Ann')]), run([await says('two', 'Bo')])];
		await asked(2);
		for (const { end } of model.questions) end();
		await Promise.all(runs);
	});

	it.each([
		['two topics, beside the group', [{}, { threadId: 'omt_A' }, { threadId: 'omt_B' }]],
		[
			'a topic that began with a message, beside it',
			[{}, { threadId: 'omt_A', rootId: 'om_0' }, { rootId: 'om_0' }],
		],
		['two chains of replies, beside the group', [{}, { rootId: 'om_1' }, { rootId: 'om_2' }]],
		[
			'topics of one chain',
			[{}, { threadId: 'omt_A', rootId: 'om_1' }, { threadId: 'omt_B', rootId: 'om_1' }],
		],
	])('do not wait for each other, nor become one question, in %s', async (name, places) => {
		// Half of what Feishu takes a second in one chat is kept for others than answers.
		jest.spyOn(Limits.prototype, 'charge').mockReturnValue(undefined);
		const runs = [];
		const items = [];
		for (const [index, place] of places.entries()) {
			const message = await says(`Q${index}`, `Ann, in ${name}`);
			const item = { ...message, replyTo: { ...(message.replyTo as IDataObject), ...place } };
			items.push(item);
			runs.push(run([item]));
			await asked(index + 1);
		}
		// The newest first: no answer waits for an earlier one.
		for (const { end } of [...model.questions].reverse()) end();
		await Promise.all(runs);
		for (const [index, item] of items.entries()) {
			expect(await answersTo(item)).toEqual([`Answer to: Q${index}`]);
		}
	});

	it('are collected where they are of the same topic, and not those of the group between them', async () => {
		const inTopic = (message: IDataObject): IDataObject => ({
			...message,
			replyTo: { ...(message.replyTo as IDataObject), threadId: 'omt_A' },
		});
		const by = async (text: string): Promise<IDataObject> => await says(text, 'Ann, in topics');
		const slow = inTopic(await by('slow'));
		const [one, two] = [inTopic(await by('one')), await by('in the group')];
		const three = inTopic(await by('three'));
		const runs = [run([slow])];
		const first = await asked(1);
		runs.push(run([one]), run([two]), run([three]));
		await waitFor(4);
		model.atOnce = true;
		first.end();
		(await asked(2)).end();
		await Promise.all(runs);
		expect(texts().sort()).toEqual(['in the group', 'one\n\nthree', 'slow']);
	});

	it('become one question where they arrive meanwhile, answered as a reply to the newest', async () => {
		const [first, second, third] = [await says('one'), await says('two'), await says('three')];
		const runs = [run([first])];
		const one = await asked(1);
		runs.push(run([second]), run([third]));
		await waitFor(3);
		one.end();
		(await asked(2)).end();
		const [, ...ends] = await Promise.all(runs);
		expect(texts()).toEqual(['one', 'two\n\nthree']);
		expect(await answersTo(second)).toEqual([]);
		expect(await answersTo(third)).toEqual(['Answer to: two\n\nthree']);
		const { delivery } = ends[1]!.answered[0]!;
		expect(delivery).toMatchObject({ platform: 'feishu', parts: 1 });
		expect(ends[0]!.answered).toEqual([
			{ ...second, delivery: { ...(delivery as IDataObject), mergedInto: third.messageId } },
		]);
	});

	it('are answered one by one where the option says so', async () => {
		const parameters = { options: { meanwhile: 'oneByOne' } };
		const items = [await says('one'), await says('two'), await says('three')];
		model.atOnce = true;
		await Promise.all(items.map(async (item) => await run([item], { parameters })));
		expect(texts()).toEqual(['one', 'two', 'three']);
		for (const item of items) expect(await answersTo(item)).toHaveLength(1);
	});

	it('one that is tried again is answered by itself', async () => {
		const [first, second, third] = [await says('one'), await says('two'), await says('three')];
		const runs = [run([first])];
		const one = await asked(1);
		runs.push(run([{ ...second, retry: { key: 'k' } }]), run([third]));
		await waitFor(3);
		model.atOnce = true;
		one.end();
		await Promise.all(runs);
		expect(texts()).toEqual(['one', 'two', 'three']);
	});

	it('go on where the first one fails', async () => {
		const runs = [run([await says('one')])];
		const one = await asked(1);
		runs.push(run([await says('two')]));
		await waitFor(2);
		one.end(500);
		(await asked(2)).end();
		const ends = await Promise.all(runs);
		expect(ends[0]!.failed).toEqual([
			expect.objectContaining({ text: 'one', error: expect.anything() }),
		]);
		expect(ends[1]!.answered).toEqual([expect.objectContaining({ delivery: expect.anything() })]);
	});

	it('go on where the first one is cancelled while the model thinks', async () => {
		const stop = new AbortController();
		const runs = [run([await says('one')], { signal: stop.signal })];
		await asked(1);
		runs.push(run([await says('two')]));
		await waitFor(2);
		stop.abort();
		(await asked(2)).end();
		const ends = await Promise.all(runs);
		expect(ends[1]!.answered).toEqual([expect.objectContaining({ delivery: expect.anything() })]);
	});

	it('do not wait for one that was cancelled before its turn', async () => {
		const stop = new AbortController();
		const runs = [run([await says('one')])];
		const one = await asked(1);
		const cancelled = run([await says('two')], { signal: stop.signal });
		await waitFor(2);
		stop.abort();
		await cancelled;
		runs.push(run([await says('three')]));
		await waitFor(3);
		model.atOnce = true;
		one.end();
		await Promise.all(runs);
		expect(texts()).toEqual(['one', 'three']);
	});

	it('fail together where they are asked together, and each keeps its own message', async () => {
		const [first, second, third] = [await says('one'), await says('two'), await says('three')];
		const runs = [run([first])];
		const one = await asked(1);
		runs.push(run([second]), run([third]));
		await waitFor(3);
		one.end();
		(await asked(2)).end(500);
		const [, ...ends] = await Promise.all(runs);
		const error = expect.objectContaining({ class: 'temporary' });
		expect(ends).toEqual([
			{ answered: [], failed: [{ ...second, error }] },
			{ answered: [], failed: [{ ...third, error }] },
		]);
	});

	it('keep the same unsent answer where it could not be sent', async () => {
		const fault = { service: 'feishu', pathContains: '/reply', times: 9, status: 500 };
		const items = [await says('one'), await says('two')];
		await control.post('/faults', fault);
		model.atOnce = true;
		const { failed } = await run(items);
		expect(texts()).toEqual(['one\n\ntwo']);
		const unsent = failed.map(({ error }) => (error as IDataObject).unsent as IDataObject);
		expect(unsent).toHaveLength(2);
		expect(unsent[0]).toMatchObject({
			replyTo: { messageId: items[1]!.messageId },
			content: { text: 'Answer to: one\n\ntwo' },
		});
		expect(unsent[1]).toEqual(unsent[0]);
	});

	it('give a quick fixed text its turn, too', async () => {
		const parameters = { text: 'Help' };
		const [first, second] = [await says('one'), await says('/help')];
		const runs = [run([first])];
		const one = await asked(1);
		runs.push(run([second], { type: 'botReply', parameters }));
		await waitFor(2);
		expect(await answersTo(second)).toEqual([]);
		one.end();
		await Promise.all(runs);
		const at = async (item: IDataObject): Promise<number> =>
			Date.parse((await answersTo(item, 'at'))[0]!);
		expect(await at(second)).toBeGreaterThanOrEqual(await at(first));
	});
});
