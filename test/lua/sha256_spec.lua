--- SHA-256 in Lua: the examples of FIPS 180-4 and of NIST's CAVP (SHA256ShortMsg.rsp, SHA256LongMsg.rsp, SHA256Monte.rsp).
local t = ...
local sha256 = require("rille.core.sha256")

local function bytes(hex)
  return (hex:gsub("%x%x", function(pair)
    return string.char(tonumber(pair, 16))
  end))
end

t.test("the examples of the standard", function()
  for text, sum in pairs({
    [""] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ["abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"] = "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ["abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"] = "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
  }) do
    t.eq(sha256(text), sum, text)
  end
  t.eq(
    sha256(("a"):rep(1000000)),
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    "a million times a"
  )
end)

t.test("the short messages of NIST with every kind of byte", function()
  for hex, sum in pairs({
    d3 = "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1",
    ["11af"] = "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98",
    b4190e = "dff2e73091f6c05e528896c4c831b9448653dc2ff043528f6769437bc7b975c2",
    ["74ba2521"] = "b16aa56be3880d18cd41e68384cf1ec8c17680c45a02b1575dc1518923ae8b0e",
    c299209682 = "f0887fe961c9cd3beab957e8222494abb969b1ce4c6557976df8b0f6d20e9166",
    ["e1dc724d5621"] = "eca0a060b489636225b4fa64d267dabbe44273067ac679f20820bddc6b6a90ac",
  }) do
    t.eq(sha256(bytes(hex)), sum, hex)
  end
end)

t.test("every length around the borders of a block", function()
  -- The sums of the sums, computed by another implementation.
  local all = {}
  for length = 0, 200 do
    all[#all + 1] = sha256(("\0\255r"):rep(length):sub(1, length))
  end
  t.eq(sha256(table.concat(all)), "7d44b60ac2ea7df7c9110a079accb7775fb01aafaf3af82e9181142714599494")
end)

t.test("a long text has pauses, which change nothing", function()
  local text, pauses = ("rille\0"):rep(200000), 0
  local sum = sha256(text, function()
    pauses = pauses + 1
  end)
  t.eq(sum, sha256(text))
  t.eq(pauses, 5)
end)
