// What was typed, kept in this browser under a key until the server has it.
window.draftsAt = (key) => ({
  read: () => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  // Whether it is kept: a private window or a full disk keeps nothing.
  write: (draft) => { try { localStorage.setItem(key, JSON.stringify(draft)); return true; } catch { return false; } },
  forget: () => { try { localStorage.removeItem(key); } catch { /* private window */ } },
});
