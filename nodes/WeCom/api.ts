import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	IExecuteFunctions,
	IHttpRequestOptions,
} from 'n8n-workflow';
import type { Priority } from '../../core/delivery/delivery';
import { classify, classifyResponse } from '../../protocol/wecom/errors';
import { appCharges, robotCharges } from '../../protocol/wecom/limits';
import { credentialOf, urlOf } from '../shared/http/credentials';
import { credentialKey, withToken, type AccessToken } from '../shared/http/tokens';
import { request, type ApiRequest } from '../shared/http/transport';

const service = 'WeCom';

/** Sends a message body through a group robot (群机器人, 消息推送); its URL holds the key. */
export async function callGroupRobot(
	ctx: IExecuteFunctions,
	body: object,
	priority: Priority,
	itemIndex: number,
): Promise<IDataObject> {
	const credential = await credentialOf(ctx, 'weComGroupRobotApi');
	const url = String(credential.webhookUrl).trim();
	const limit = { charges: robotCharges(credentialKey(credential)), priority };
	return await call(ctx, credential, post(url, body), itemIndex, { limit });
}

/** Answers an AI bot's message; the URL needs no token and takes one answer. */
export async function callResponseUrl(
	ctx: IExecuteFunctions,
	responseUrl: string,
	body: object,
	itemIndex: number,
): Promise<IDataObject> {
	const options = post(responseUrl, body);
	const credential = { responseUrl };
	return await request(ctx, {
		service,
		options,
		classify: classifyResponse,
		credential,
		itemIndex,
	});
}

/**
 * Posts a message by the app, with its access token.
 * @param body asks WeCom to drop a repetition, for which it compares whole requests
 * @param users the people who get it, as far as they are named
 */
export async function postByApp(
	ctx: IExecuteFunctions,
	body: object,
	{ priority, users }: { priority: Priority; users: string[] },
	itemIndex: number,
): Promise<IDataObject> {
	const credential = await credentialOf(ctx, 'weComAppApi');
	const url = urlOf(credential, '/cgi-bin/message/send');
	const key = credentialKey(credential);
	const limit = { charges: appCharges(key, users), priority };
	return await withToken(
		key,
		async () => await fetchToken(ctx, credential, itemIndex),
		async (token) => {
			// The token stands in the query, so it is struck out of messages as the secrets are.
			const secrets = { ...credential, access_token: token };
			return await call(
				ctx,
				secrets,
				{ ...post(url, body), qs: { access_token: token } },
				itemIndex,
				{ idempotent: true, limit },
			);
		},
	);
}

async function fetchToken(
	ctx: IExecuteFunctions,
	credential: ICredentialDataDecryptedObject,
	itemIndex: number,
): Promise<AccessToken> {
	const options: IHttpRequestOptions = {
		method: 'GET',
		url: urlOf(credential, '/cgi-bin/gettoken'),
		qs: { corpid: credential.corpId, corpsecret: credential.secret },
	};
	const answer = await call(ctx, credential, options, itemIndex, {
		idempotent: true,
		shared: true,
	});
	return { value: String(answer.access_token), lifeMs: Number(answer.expires_in) * 1000 };
}

function post(url: string, body: object): IHttpRequestOptions {
	return { method: 'POST', url, body: body as IDataObject };
}

async function call(
	ctx: IExecuteFunctions,
	credential: ICredentialDataDecryptedObject,
	options: IHttpRequestOptions,
	itemIndex: number,
	more: Pick<ApiRequest, 'idempotent' | 'shared' | 'limit'> = {},
): Promise<IDataObject> {
	return await request(ctx, { service, options, classify, credential, itemIndex, ...more });
}
