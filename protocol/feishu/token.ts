import type { TokenRules } from '../token';

/** https://open.feishu.cn/document/server-docs/authentication-management/access-token/tenant_access_token_internal */
export const tokenRules: TokenRules = {
	method: 'POST',
	path: '/open-apis/auth/v3/tenant_access_token/internal',
	fields: { app_id: 'appId', app_secret: 'appSecret' },
	token: 'tenant_access_token',
	seconds: 'expire',
	place: { header: 'authorization', prefix: 'Bearer ' },
};
