import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';
import { classify, classifyRobot } from '../../protocol/dingtalk/errors';
import { appCharges, robotCharges, sessionCharges } from '../../protocol/dingtalk/limits';
import { signWebhookUrl } from '../../protocol/dingtalk/sign';
import { tokenRules } from '../../protocol/dingtalk/token';
import { pastedKey, pastedUrl } from '../../protocol/pasted';
import { credentialOf, urlOf } from '../shared/http/credentials';
import { credentialKey } from '../shared/http/tokens';
import type { ApiRequest } from '../shared/http/apiRequest';
import { request } from '../shared/http/transport';
import type { SendContext } from '../shared/send/adapter';

export const credentials = {
	app: { name: 'dingTalkAppApi', displayName: 'DingTalk App API' },
	groupRobot: { name: 'dingTalkGroupRobotApi', displayName: 'DingTalk Group Robot API' },
};

/** Its `msgUuid` makes a repetition the same message; a session webhook takes the same bodies. */
const robot = { classify: classifyRobot, idempotent: true };

/** Sends a message body through a group robot (自定义机器人); signed anew for every call. */
export async function callGroupRobot(context: SendContext, body: object): Promise<IDataObject> {
	const credential = await credentialOf(context.ctx, credentials.groupRobot);
	const url = signWebhookUrl(
		pastedUrl(credential.webhookUrl),
		pastedKey(credential.secret),
		String(Date.now()),
	);
	const charges = robotCharges(credentialKey(credential));
	return await post(context, { url, body, credential, charges, ...robot });
}

/** Answers through a conversation's session webhook, which needs no token. */
export async function callSession(
	context: SendContext,
	session: { sessionWebhook: string; conversationId: string },
	body: object,
): Promise<IDataObject> {
	const { sessionWebhook: url, conversationId } = session;
	const charges = sessionCharges(conversationId);
	const credential = { sessionWebhook: url, keepAlive: await keepsAlive(context) };
	return await post(context, { url, body, credential, charges, ...robot });
}

/** What the app's credential says, where the node has one. A session needs none, so a missing one is no failure. */
async function keepsAlive({ ctx }: SendContext): Promise<boolean> {
	if (!ctx.getNode().credentials?.[credentials.app.name]) return false;
	const app = await credentialOf(ctx, credentials.app).catch(() => undefined);
	return app?.keepAlive === true;
}

interface AppCall extends Pick<ApiRequest, 'judge'> {
	body: object;
	/** People who get it; a group is nobody. */
	users: readonly string[];
}

/** Calls an API of the app, with its access token. */
export async function callApp(
	context: SendContext,
	path: string,
	{ body, users, judge }: AppCall,
): Promise<IDataObject> {
	const credential = await credentialOf(context.ctx, credentials.app);
	const url = urlOf(credential, path);
	const charges = appCharges(credentialKey(credential), users);
	return await post(context, { url, body, credential, charges, judge, token: tokenRules });
}

/** The app's robot (RobotCode); the Client ID where the credential names none. */
export async function robotCodeOf({ ctx }: SendContext): Promise<string> {
	const { robotCode, clientId } = await credentialOf(ctx, credentials.app);
	return String(robotCode || clientId);
}

interface Call extends Pick<ApiRequest, 'idempotent' | 'judge' | 'token'> {
	classify?: ApiRequest['classify'];
	url: string;
	body: object;
	credential: ICredentialDataDecryptedObject;
	charges: NonNullable<ApiRequest['limit']>['charges'];
}

async function post(
	{ ctx, itemIndex, priority }: SendContext,
	{ url, body, charges, ...call }: Call,
): Promise<IDataObject> {
	return await request(ctx, {
		service: 'DingTalk',
		options: { method: 'POST', url, body: body as IDataObject },
		classify,
		itemIndex,
		limit: { charges, priority },
		...call,
	});
}
