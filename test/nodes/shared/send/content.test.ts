import type { IDataObject } from 'n8n-workflow';
import { runWorkflow, type Credentials } from '../../../harness';
import { useSandbox } from '../../../sandbox/helpers';

/* What a node sends the queue must be able to read back, because it keeps what fails: all else is refused. */

const { sandbox, control } = useSandbox();

/** Sends with WeCom's group robot. */
async function send(fields: IDataObject, options: IDataObject = {}): Promise<IDataObject> {
	const parameters = {
		resource: 'message',
		operation: 'send',
		authentication: 'groupRobot',
		format: 'text',
		...fields,
		options,
	};
	const { weComGroupRobotApi } = sandbox.world.accounts;
	const { outputs } = await runWorkflow(
		[{ type: 'weCom', onError: 'continueRegularOutput', parameters } as never],
		{ items: [{ count: 42 }], credentials: { weComGroupRobotApi } as Credentials },
	);
	return outputs.WeCom![0]![0]!.json;
}

async function received(): Promise<IDataObject[]> {
	const { entries } = await control.get('/ledger?platform=wecom&direction=in&kind=send');
	return entries as IDataObject[];
}

it.each<[string, IDataObject, IDataObject]>([
	['a text of more than 1,000,000 bytes', { text: '字'.repeat(333_334) }, {}],
	['more than 10,000 people to mention', { text: 'x' }, { mentionIds: 'u,'.repeat(10_001) }],
	['an id that is none', { text: 'x' }, { mentionIds: 'u'.repeat(1001) }],
	['a list in the place of a text', { text: '={{ ["x"] }}' }, {}],
	['a format that is none', { text: 'x', format: '={{ "html" }}' }, {}],
])('refuses %s before anything is sent', async (_, fields, options) => {
	const { error } = await send(fields, options);
	expect(error).toMatchObject({ message: 'This is no message that can be sent' });
	expect(await received()).toEqual([]);
});

it('takes numbers that an expression gives for texts', async () => {
	const json = await send(
		{ text: '={{ $json.count }}' },
		{ title: '={{ 7 }}', mentionIds: '={{ 8 }}' },
	);
	expect(json).toMatchObject({ delivery: { parts: 1 } });
	expect(await received()).toMatchObject([{ text: '42' }]);
});
