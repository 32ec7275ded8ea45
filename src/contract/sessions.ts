import * as z from 'zod';

/** `admin` may change things; `viewer` may only look. */
export const Role = z.enum(['admin', 'viewer']);
export type Role = z.infer<typeof Role>;

export const Username = z
  .string()
  .trim()
  .regex(
    /^[\p{L}\p{N}._@-]{1,64}$/u,
    'Use 1 to 64 letters, digits, dots, dashes, underscores or @.',
  );

/** A password as sent; the rules for new ones are in `auth/passwords`. */
const Password = z.string().min(1).max(1_024);

export const Login = z.object({ username: z.string().trim().min(1).max(64), password: Password });

/** `api_key` is the session token: the name older clients read. `expires_at` is Unix ms. */
export interface LoginReply {
  readonly status: 'success';
  readonly api_key: string;
  readonly expires_at: number;
  readonly username: string;
  readonly role: Role;
}

export const PasswordChange = z.object({ current_password: Password, new_password: Password });

export const SetupRequest = z.object({
  code: z.string().min(1).max(512),
  username: Username,
  password: Password,
  key_name: z.optional(z.string().trim().min(1).max(100)),
});

/** `missing` names the secrets that must be set first. */
export interface SetupState {
  readonly needed: boolean;
  readonly missing: readonly string[];
}

export const AdminCreate = z.object({ username: Username, password: Password, role: Role });

/** What is absent stays as it is. A new password is given by an admin, for who has forgotten theirs. */
export const AdminUpdate = z.object({
  id: z.string().min(1).max(200),
  role: z.optional(Role),
  password: z.optional(Password),
});

export const RowSelection = z.object({ id: z.string().min(1).max(200) });

/** One session of `GET sessions`. `id` is a short piece of the token's hash and opens nothing. */
export interface SessionItem {
  readonly id: string;
  readonly current: boolean;
  readonly created_at: number;
  readonly expires_at: number;
  readonly ip: string;
  readonly user_agent: string;
}
