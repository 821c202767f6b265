import { perMinute, perSecond, type Charge } from '../limits';

/** Whole and half hours are crowded: Feishu may refuse less then. */
export function robotCharges(robot: string): Charge[] {
	const name = '5 messages a second and 100 a minute by one group robot';
	return [{ key: `feishu robot ${robot}`, name, windows: [perSecond(5), perMinute(100)] }];
}

/**
 * What an app sends.
 * @param receiver a chat, shared by all bots in it, or a person
 */
export function appCharges(app: string, receiver: string): Charge[] {
	return [
		{
			key: `feishu app ${app}`,
			name: '50 messages a second and 1000 a minute by one app',
			windows: [perSecond(50), perMinute(1000)],
		},
		{
			key: `feishu receiver ${receiver}`,
			name: '5 messages a second to one chat',
			windows: [perSecond(5)],
			codes: ['230020'],
		},
	];
}
