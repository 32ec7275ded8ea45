import { authenticateFresh } from '../../auth/api-key';
import { readSettings } from '../../store/settings-read';

/** `GET /v1/images/method` → `{image_generation_method}`: pages choose their panel by it. */
export async function getImageMethod(request: Request, env: Env): Promise<Response> {
  await authenticateFresh(request, env.DB);
  // Not what this isolate remembers: nothing here asks the pool, which would tell of newer settings.
  const { settings } = await readSettings(env.DB);
  return Response.json({ image_generation_method: settings.grok.image_generation_method });
}
