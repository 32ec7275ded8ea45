-- Pictures or videos a call took of its key's day; null for chats.
ALTER TABLE calls ADD COLUMN charged INTEGER;
