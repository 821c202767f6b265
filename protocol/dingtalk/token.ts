import type { TokenRules } from '../token';

/** https://open.dingtalk.com/document/orgapp/obtain-the-access_token-of-an-internal-app */
export const tokenRules: TokenRules = {
	method: 'POST',
	path: '/v1.0/oauth2/accessToken',
	fields: { appKey: 'clientId', appSecret: 'clientSecret' },
	token: 'accessToken',
	seconds: 'expireIn',
	place: { header: 'x-acs-dingtalk-access-token' },
};
