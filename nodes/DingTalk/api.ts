import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestMethods,
} from 'n8n-workflow';
import { classify } from '../../protocol/dingtalk/errors';
import { signWebhookUrl } from '../../protocol/dingtalk/sign';
import { credentialOf } from '../shared/credentials';
import { credentialKey, withToken, type AccessToken } from '../shared/tokens';
import { request } from '../shared/transport';

const service = 'DingTalk';

/** Sends a message body through a group robot (自定义机器人); signed anew for every call. */
export async function callGroupRobot(
	ctx: IExecuteFunctions,
	body: object,
	itemIndex: number,
): Promise<IDataObject> {
	const credential = await credentialOf(ctx, 'dingTalkGroupRobotApi');
	const url = signWebhookUrl(
		String(credential.webhookUrl),
		String(credential.secret ?? ''),
		String(Date.now()),
	);
	return await post(ctx, credential, url, body, {}, itemIndex);
}

/** Answers through a conversation's session webhook, which needs no token. */
export async function callSession(
	ctx: IExecuteFunctions,
	sessionWebhook: string,
	body: object,
	itemIndex: number,
): Promise<IDataObject> {
	return await post(ctx, { sessionWebhook }, sessionWebhook, body, {}, itemIndex);
}

/** Calls an API of the app, with its access token. */
export async function callApp(
	ctx: IExecuteFunctions,
	path: string,
	body: object,
	itemIndex: number,
): Promise<IDataObject> {
	const credential = await credentialOf(ctx, 'dingTalkAppApi');
	const url = `${String(credential.baseUrl).replace(/\/+$/, '')}${path}`;
	return await withToken(
		credentialKey(credential),
		async () => await fetchToken(ctx, credential, itemIndex),
		async (accessToken) => {
			const headers = { 'x-acs-dingtalk-access-token': accessToken };
			// The token is struck out of messages as the secrets are.
			return await post(ctx, { ...credential, accessToken }, url, body, headers, itemIndex);
		},
	);
}

/** The app's robot (RobotCode); the Client ID where the credential names none. */
export function robotCodeOf(credential: ICredentialDataDecryptedObject): string {
	return String(credential.robotCode || credential.clientId);
}

async function fetchToken(
	ctx: IExecuteFunctions,
	credential: ICredentialDataDecryptedObject,
	itemIndex: number,
): Promise<AccessToken> {
	const url = `${String(credential.baseUrl).replace(/\/+$/, '')}/v1.0/oauth2/accessToken`;
	const body = { appKey: credential.clientId, appSecret: credential.clientSecret };
	const answer = await post(ctx, credential, url, body, {}, itemIndex);
	return { value: String(answer.accessToken), lifeMs: Number(answer.expireIn) * 1000 };
}

async function post(
	ctx: IExecuteFunctions,
	credential: ICredentialDataDecryptedObject,
	url: string,
	body: object,
	headers: IDataObject,
	itemIndex: number,
): Promise<IDataObject> {
	const method: IHttpRequestMethods = 'POST';
	const options = { method, url, body: body as IDataObject, headers };
	return await request(ctx, { service, options, classify, credential, itemIndex });
}
