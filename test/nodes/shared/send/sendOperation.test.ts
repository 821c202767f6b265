import type { IExecuteFunctions } from 'n8n-workflow';
import type { PlatformAdapter, Route } from '../../../../nodes/shared/send/adapter';
import { sendContext } from '../../../../nodes/shared/send/context';
import { deliver } from '../../../../nodes/shared/send/deliver';
import { sendOperation } from '../../../../nodes/shared/send/sendOperation';
import { weCom } from '../../../../nodes/WeCom/platform';

/* What Send offers is derived from the bots that a platform has. */

const sent: string[] = [];
const recorded = (route: Route): Route => ({
	...route,
	send: async () => {
		sent.push(route.name);
		return {};
	},
});
beforeEach(() => sent.splice(0));

const app = recorded(weCom.app!);
const groupRobot = recorded(weCom.groupRobot!);
const both: PlatformAdapter = { ...weCom, app, groupRobot };
const appOnly: PlatformAdapter = { ...weCom, app, groupRobot: undefined };
const robotOnly: PlatformAdapter = { ...weCom, app: undefined, groupRobot };

const executing = (authentication: string): IExecuteFunctions =>
	({
		getNode: () => ({ id: 'node', parameters: {} }),
		getExecutionId: () => '7',
		getMode: () => 'webhook',
		getWorkflowDataProxy: () => ({ $runIndex: 0 }),
		getInputData: () => [{ json: {} }],
		continueOnFail: () => false,
		getNodeParameter: (name: string, _: number, fallback: unknown) =>
			({ authentication, text: 'Hello', format: 'text' })[name] ?? fallback,
	}) as unknown as IExecuteFunctions;

const target = () => ({ type: 'users' as const, ids: ['u'] });

it.each([
	['both bots', both, ['app', 'groupRobot'], ['app', 'groupRobot']],
	['an app alone', appOnly, ['app'], ['app', 'app']],
	['a group robot alone', robotOnly, ['groupRobot'], ['groupRobot', 'groupRobot']],
])('A platform with %s sends by those that it has', async (_, adapter, bots, routes) => {
	const send = sendOperation(adapter, [], target);
	expect(send.bots).toEqual(bots);
	for (const authentication of ['app', 'groupRobot']) await send.execute(executing(authentication));
	expect(sent).toEqual(routes);
});

it('What was to be sent by a bot that the platform has not says so', async () => {
	const sending = deliver(
		sendContext({
			ctx: executing('app'),
			itemIndex: 0,
			adapter: robotOnly,
			via: 'app',
			message: { type: 'text', text: 'Hello' },
			longText: 'split',
			seed: 's',
		}),
	);
	await expect(sending).rejects.toThrow('WeCom has no app that a message could be sent by');
	expect(sent).toEqual([]);
});
