// The registrar's configuration, cut down to looking up a text; it answers what its maker was given.
#ifndef TEST_OS_CONFIG_DB_H
#define TEST_OS_CONFIG_DB_H

#include "utl/UtlString.h"

enum OsStatus
{
   OS_SUCCESS,
   OS_NOT_FOUND
};

class OsConfigDb
{
public:
   OsConfigDb(const char* socket, const char* user);
   virtual ~OsConfigDb();
   virtual OsStatus get(const UtlString& key, UtlString& value) const;

private:
   const char* mSocket;
   const char* mUser;
};

#endif
