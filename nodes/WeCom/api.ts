import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { classify, classifyResponse } from '../../protocol/wecom/errors';
import { appCharges, robotCharges } from '../../protocol/wecom/limits';
import { tokenRules } from '../../protocol/wecom/token';
import { pastedUrl } from '../../protocol/pasted';
import { credentialOf, urlOf } from '../shared/http/credentials';
import { credentialKey } from '../shared/http/tokens';
import type { ApiRequest } from '../shared/http/apiRequest';
import { request } from '../shared/http/transport';
import type { SendContext } from '../shared/send/adapter';

export const credentials = {
	app: { name: 'weComAppApi', displayName: 'WeCom App API' },
	groupRobot: { name: 'weComGroupRobotApi', displayName: 'WeCom Group Robot API' },
	aiBot: { name: 'weComAiBotApi', displayName: 'WeCom AI Bot API' },
};

/** Sends a message body through a group robot (群机器人, 消息推送); its URL holds the key. */
export async function callGroupRobot(context: SendContext, body: object): Promise<IDataObject> {
	const credential = await credentialOf(context.ctx, credentials.groupRobot);
	const url = pastedUrl(credential.webhookUrl);
	const charges = robotCharges(credentialKey(credential));
	return await post(context, { url, body, credential, charges });
}

/** Answers an AI bot's message; the URL needs no token and takes one answer. */
export async function callResponseUrl(
	context: SendContext,
	url: string,
	body: object,
): Promise<IDataObject> {
	const credential = { responseUrl: url };
	return await post(context, { url, body, credential, classify: classifyResponse });
}

interface AppMessage {
	/** Asks WeCom to drop a repetition, for which it compares whole requests. */
	body: object;
	/** The people who get it, as far as they are named. */
	users: readonly string[];
}

/** Posts a message by the app, with its access token. */
export async function postByApp(
	context: SendContext,
	{ body, users }: AppMessage,
): Promise<IDataObject> {
	const credential = await credentialOf(context.ctx, credentials.app);
	const url = urlOf(credential, '/cgi-bin/message/send');
	const charges = appCharges(credentialKey(credential), users);
	const call = { url, body, credential, charges, token: tokenRules, idempotent: true };
	return await post(context, call);
}

/** The number by which WeCom knows the app within its company. */
export async function agentIdOf({ ctx }: SendContext): Promise<number> {
	return Number((await credentialOf(ctx, credentials.app)).agentId);
}

interface Call extends Pick<ApiRequest, 'idempotent' | 'token'> {
	url: string;
	body: object;
	credential: ICredentialDataDecryptedObject;
	charges?: NonNullable<ApiRequest['limit']>['charges'];
	classify?: ApiRequest['classify'];
}

async function post(
	{ ctx, itemIndex, priority }: SendContext,
	{ url, body, charges, ...call }: Call,
): Promise<IDataObject> {
	return await request(ctx, {
		service: 'WeCom',
		options: { method: 'POST', url, body: body as IDataObject },
		classify,
		itemIndex,
		...(charges && { limit: { charges, priority } }),
		...call,
	});
}
