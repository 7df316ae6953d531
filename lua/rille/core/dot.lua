--- The error message for a method called as `object.method(…)`, which takes its first argument for the object. The type
--- of that argument is appended.
return "rille: a method was called with a dot; call it with a colon, as object:method(...): its object is a "
