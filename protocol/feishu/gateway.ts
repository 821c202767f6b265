import { asFields, asNumber, asText } from '../fields';

/* Where the long connection is opened, and what Feishu wishes for it. */

/** The request for an endpoint. */
export function gatewayRequest({ appId, appSecret }: { appId: string; appSecret: string }) {
	return {
		path: '/callback/ws/endpoint',
		headers: { locale: 'zh' },
		values: { AppID: appId, AppSecret: appSecret },
	};
}

/** The address of one connection, which holds its ticket; undefined where the answer names none. */
export function endpointUrl(body: unknown): string | undefined {
	return asText(asFields(asFields(body).data).URL) || undefined;
}

/** What Feishu calls the connection, in each frame of it. */
export function serviceOf(url: string): number {
	const id = URL.canParse(url) ? new URL(url).searchParams.get('service_id') : null;
	return Number(id) | 0;
}

/** The wishes of the gateway's answer. */
export const wishesOf = (body: unknown) => wishesIn(asFields(asFields(body).data).ClientConfig);

/** The wishes of a `ClientConfig`, which gives seconds. A pong may hold a new one. */
export function wishesIn(config: unknown) {
	const { PingInterval, ReconnectInterval, ReconnectNonce } = asFields(config);
	const [pingEveryMs, retryEveryMs, returnWithinMs] = [
		PingInterval,
		ReconnectInterval,
		ReconnectNonce,
	].map(milliseconds);
	return {
		...(pingEveryMs && { pingEveryMs }),
		...(retryEveryMs && { retryEveryMs }),
		...(returnWithinMs && { returnWithinMs }),
	};
}

/** Undefined for what is no time. */
function milliseconds(seconds: unknown): number | undefined {
	const ms = asNumber(seconds) * 1000;
	return Number.isSafeInteger(ms) && ms > 0 ? ms : undefined;
}
